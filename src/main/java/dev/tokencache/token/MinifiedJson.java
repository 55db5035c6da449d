package dev.tokencache.token;

/**
 * Checks the syntax of a minified JSON object (RFC 8259). By hand, because every validation of a token with claims runs it:
 * one pass over the bytes, without objects for its parts. Accepts only what every JSON reader accepts: no unpaired surrogate
 * in an escape, at most {@value #MAX_DEPTH} levels, no number of more than {@value #MAX_NUMBER_LENGTH} characters.
 */
final class MinifiedJson {

    static final int MAX_DEPTH = 64;
    static final int MAX_NUMBER_LENGTH = 1000;

    private final byte[] json;
    private int at;
    private boolean isAscii = true;

    private MinifiedJson(byte[] json) {
        this.json = json;
    }

    /** Whether the bytes are one object in UTF-8, and nothing after it. */
    static boolean isObject(byte[] json) {
        MinifiedJson in = new MinifiedJson(json);
        return in.peek() == '{' && in.value(1) && in.at == json.length && (in.isAscii || Utf8.isWellFormed(json));
    }

    private int peek() {
        return at < json.length ? json[at] & 0xff : -1;
    }

    private boolean skip(char expected) {
        if (peek() != expected) {
            return false;
        }
        at++;
        return true;
    }

    private boolean value(int depth) {
        return switch (peek()) {
            case '{' -> depth <= MAX_DEPTH && elements('}', depth);
            case '[' -> depth <= MAX_DEPTH && elements(']', depth);
            case '"' -> string();
            case 't' -> literal("true");
            case 'f' -> literal("false");
            case 'n' -> literal("null");
            default -> number();
        };
    }

    private boolean elements(char end, int depth) {
        at++;
        if (skip(end)) {
            return true;
        }
        do {
            boolean isNamed = end != '}' || (string() && skip(':'));
            if (!isNamed || !value(depth + 1)) {
                return false;
            }
        } while (skip(','));
        return skip(end);
    }

    private boolean literal(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (!skip(text.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    private boolean string() {
        if (!skip('"')) {
            return false;
        }
        while (at < json.length) {
            byte next = json[at++];
            if (next == '"') {
                return true;
            }
            if (next < ' ') {
                if (next >= 0) {
                    return false;
                }
                isAscii = false;
            } else if (next == '\\' && !escape()) {
                return false;
            }
        }
        return false;
    }

    private boolean escape() {
        int kind = peek();
        at++;
        if (kind != 'u') {
            return kind >= 0 && "\"\\/bfnrt".indexOf(kind) >= 0;
        }
        int unit = codeUnit();
        if (unit < 0 || !Character.isSurrogate((char) unit)) {
            return unit >= 0;
        }
        return Character.isHighSurrogate((char) unit)
                && skip('\\')
                && skip('u')
                && Character.isLowSurrogate((char) Math.max(0, codeUnit()));
    }

    /** Four hexadecimal digits, or -1. */
    private int codeUnit() {
        int unit = 0;
        for (int i = 0; i < 4; i++) {
            int digit = Character.digit((char) peek(), 16);
            if (digit < 0) {
                return -1;
            }
            unit = unit << 4 | digit;
            at++;
        }
        return unit;
    }

    private boolean number() {
        int start = at;
        skip('-');
        boolean isWhole = skip('0') || digits();
        boolean isFraction = !skip('.') || digits();
        boolean isExponent = !(skip('e') || skip('E')) || exponent();
        return isWhole && isFraction && isExponent && at - start <= MAX_NUMBER_LENGTH;
    }

    private boolean exponent() {
        if (!skip('+')) {
            skip('-');
        }
        return digits();
    }

    private boolean digits() {
        int start = at;
        while (peek() >= '0' && peek() <= '9') {
            at++;
        }
        return at > start;
    }
}
