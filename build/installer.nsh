; What the Windows installer does besides copying files.
;
; 1. "Start at login" is a box on the last page, not ticked: one value of the person's own Run key, the same that the
;    app's setting writes (its name is the app's id). The installer may run as an administrator, so the value is
;    written by a process of the person who started it.
; 2. The service (efs service install) is ended before files change, and begun again after an update.
; 3. Uninstalling takes these two away. Mail and settings stay.

!define RUN_KEY "Software\Microsoft\Windows\CurrentVersion\Run"
!define SERVICE_TASK "EFS Mail Gateway"

!ifndef BUILD_UNINSTALLER
  !define MUI_FINISHPAGE_SHOWREADME ""
  !define MUI_FINISHPAGE_SHOWREADME_NOTCHECKED
  !define MUI_FINISHPAGE_SHOWREADME_TEXT "Start ${PRODUCT_NAME} at login, without a window"
  !define MUI_FINISHPAGE_SHOWREADME_FUNCTION startAtLogin
!endif

!macro customHeader
  !ifndef BUILD_UNINSTALLER
    Function startAtLogin
      ${StdUtils.ExecShellAsUser} $0 "$SYSDIR\reg.exe" "open" 'add "HKCU\${RUN_KEY}" /v "${APP_ID}" /d "\"$INSTDIR\${APP_EXECUTABLE_FILENAME}\" --hidden" /f'
    FunctionEnd
  !endif
!macroend

; Without an administrator's rights, or without a service, these do nothing.
!macro customInit
  nsExec::Exec '"$SYSDIR\schtasks.exe" /End /TN "${SERVICE_TASK}"'
  Pop $0
!macroend

!macro customInstall
  ${if} ${isUpdated}
    nsExec::Exec '"$SYSDIR\schtasks.exe" /Run /TN "${SERVICE_TASK}"'
    Pop $0
  ${endif}
!macroend

!macro customUnInstall
  nsExec::Exec '"$SYSDIR\schtasks.exe" /End /TN "${SERVICE_TASK}"'
  Pop $0
  ${ifNot} ${isUpdated}
    nsExec::Exec '"$SYSDIR\schtasks.exe" /Delete /TN "${SERVICE_TASK}" /F'
    Pop $0
    DeleteRegValue HKCU "${RUN_KEY}" "${APP_ID}"
  ${endif}
!macroend
