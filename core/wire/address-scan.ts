/**
 * Cuts an address list into its entries without judging them (RFC 5322 3.4, as loosely as mail writes it):
 * separators are `,` `;` and line ends outside quotes, comments, brackets and encoded words.
 *
 * One pass, no going back: an opening quote or bracket that is never closed is met once, and from then on its
 * kind is ordinary text, so that hostile lists of megabytes take linear time.
 */

export interface AddressPiece {
  /** Text outside angle brackets and comments, cut at blanks. */
  readonly words: string[];
  /** What stood in angle brackets. */
  readonly angles: string[];
}

const ENCODED_WORD = /=\?[^?\s]{1,100}\?[bBqQ]\?[^?]{0,2000}\?=/y;
/** Characters of an address literal such as `[IPv6:2001:db8::1]`. */
const LITERAL_LIMIT = 64;

export function scanAddressList(text: string): AddressPiece[] {
  const pieces: AddressPiece[] = [];
  let piece: AddressPiece = { words: [], angles: [] };
  let wordStart = -1;
  let quotes = true;
  let comments = true;

  const endWord = (at: number): void => {
    if (wordStart >= 0) piece.words.push(text.slice(wordStart, at));
    wordStart = -1;
  };
  const endPiece = (): void => {
    if (piece.words.length > 0 || piece.angles.length > 0) pieces.push(piece);
    piece = { words: [], angles: [] };
  };

  let at = 0;
  while (at < text.length) {
    switch (text.charAt(at)) {
      case '"': {
        const close = quotes ? closingQuote(text, at) : -1;
        if (close < 0) {
          quotes = false;
          endWord(at);
          at += 1;
        } else {
          if (wordStart < 0) wordStart = at;
          at = close + 1;
        }
        break;
      }
      case "(": {
        const close = comments ? closingParenthesis(text, at) : -1;
        if (close < 0) comments = false;
        endWord(at);
        at = close < 0 ? at + 1 : close + 1;
        break;
      }
      case "<": {
        endWord(at);
        const angle = scanAngle(text, at + 1, quotes);
        if (angle.quoteLeftOpen) quotes = false;
        piece.angles.push(text.slice(at + 1, angle.end));
        at = angle.next;
        break;
      }
      case ":": {
        const word = wordStart < 0 ? "" : text.slice(wordStart, at);
        if (word.toLowerCase() === "mailto") {
          at += 1; // stays with the word, which is read as a whole
          break;
        }
        if (word.startsWith("@"))
          wordStart = -1; // a source route
        else endWord(at);
        if (!piece.words.some((text) => text.includes("@"))) piece.words.length = 0; // the name of a group
        at += 1;
        break;
      }
      case ",":
      case ";":
      case "\r":
      case "\n":
        endWord(at);
        endPiece();
        at += 1;
        break;
      case "[": {
        if (wordStart < 0) wordStart = at;
        const close = text.slice(at, at + LITERAL_LIMIT).indexOf("]");
        at += close < 0 ? 1 : close + 1;
        break;
      }
      case "\\":
        if (wordStart < 0) wordStart = at;
        at += 2;
        break;
      case ">":
        endWord(at);
        at += 1;
        break;
      default: {
        if (isBlank(text.charCodeAt(at))) {
          endWord(at);
          at += 1;
          break;
        }
        if (wordStart < 0) wordStart = at;
        at += encodedWordLength(text, at) ?? 1;
      }
    }
  }
  endWord(text.length);
  endPiece();
  return pieces;
}

function isBlank(code: number): boolean {
  return code <= 32 || code === 127;
}

function encodedWordLength(text: string, at: number): number | null {
  if (text.charAt(at) !== "=" || text.charAt(at + 1) !== "?") return null;
  ENCODED_WORD.lastIndex = at;
  return ENCODED_WORD.exec(text)?.[0].length ?? null;
}

/** Index of the quote that closes the one at `open`, or -1. */
export function closingQuote(text: string, open: number): number {
  for (let at = open + 1; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === '"') return at;
    if (character === "\\") at += 1;
  }
  return -1;
}

/** Index of the parenthesis that closes the one at `open`, comments in it included, or -1. */
export function closingParenthesis(text: string, open: number): number {
  let depth = 0;
  for (let at = open; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === "\\") at += 1;
    else if (character === "(") depth += 1;
    else if (character === ")") {
      depth -= 1;
      if (depth === 0) return at;
    }
  }
  return -1;
}

interface Angle {
  readonly end: number;
  readonly next: number;
  readonly quoteLeftOpen: boolean;
}

/** Up to the `>`; where it is missing, up to the separator after an address, or the next `<`. */
function scanAngle(text: string, from: number, quotes: boolean): Angle {
  let quoteLeftOpen = false;
  let hasAt = false;
  const route = text.charAt(from) === "@";
  let at = from;
  while (at < text.length) {
    const character = text.charAt(at);
    if (character === ">") return { end: at, next: at + 1, quoteLeftOpen };
    if (character === "<") break;
    if ((character === "," || character === ";") && hasAt && !route) break;
    if (character === "@") hasAt = true;
    if (character === '"' && quotes && !quoteLeftOpen) {
      const close = closingQuote(text, at);
      if (close < 0) quoteLeftOpen = true;
      else at = close;
    }
    at += 1;
  }
  return { end: at, next: at, quoteLeftOpen };
}
