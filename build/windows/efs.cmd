@rem The command efs of the installed app. A batch file waits for it, which a prompt would not.
@"%~dp0EFS Mail Gateway.exe" --cli %*
@exit /b %ERRORLEVEL%
