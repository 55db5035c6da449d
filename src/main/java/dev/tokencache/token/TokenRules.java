package dev.tokencache.token;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The values that a token can have, whichever way they enter: the API, a record of an old store, our own records. Pure. Each
 * method returns the violated rule, without the value, or null.
 */
public final class TokenRules {

    /** The maximum subject, in UTF-8 bytes: percent-encoding can triple it, and it must still fit into a header. */
    static final int MAX_SUBJECT_BYTES = 1024;

    private static final int MAX_SCOPE_LENGTH = 1024;
    private static final int MAX_AUDIENCES = 32;
    private static final int MAX_AUDIENCE_LENGTH = 256;
    private static final int MAX_CLIENT_ID_LENGTH = 256;
    private static final int ILL_FORMED = -1;

    private TokenRules() {}

    public static @Nullable String violationOfSubject(String sub) {
        // A text has at least as many bytes as characters.
        int bytes = sub.length() > MAX_SUBJECT_BYTES ? sub.length() : cleanLength(sub);
        if (bytes == ILL_FORMED) {
            return "must hold no control characters and no unpaired surrogates";
        }
        return bytes == 0 || bytes > MAX_SUBJECT_BYTES
                ? "must have from 1 to " + MAX_SUBJECT_BYTES + " bytes of UTF-8"
                : null;
    }

    /** RFC 6749 section 3.3: words of printable ASCII without quote and backslash, separated by single spaces. */
    static @Nullable String violationOfScope(@Nullable String scope) {
        return scope == null || isScope(scope)
                ? null
                : "must be words of RFC 6749 section 3.3, one space apart, at most " + MAX_SCOPE_LENGTH + " characters";
    }

    private static boolean isScope(String scope) {
        char before = ' ';
        for (int i = 0; i < scope.length(); i++) {
            char c = scope.charAt(i);
            boolean isWord = c > ' ' && c <= '~' && c != '"' && c != '\\';
            if (!isWord && (c != ' ' || before == ' ')) {
                return false;
            }
            before = c;
        }
        return before != ' ' && scope.length() <= MAX_SCOPE_LENGTH;
    }

    static @Nullable String violationOfAudience(@Nullable Audience aud) {
        return aud == null || isAudience(aud.values())
                ? null
                : "must be a string, or 1 to 32 of them, of 1 to 256 characters, none a control character";
    }

    private static boolean isAudience(List<String> values) {
        if (values.isEmpty() || values.size() > MAX_AUDIENCES) {
            return false;
        }
        for (String value : values) {
            if (!isText(value, MAX_AUDIENCE_LENGTH)) {
                return false;
            }
        }
        return true;
    }

    public static @Nullable String violationOfClientId(String clientId) {
        return isText(clientId, MAX_CLIENT_ID_LENGTH)
                ? null
                : "must have from 1 to " + MAX_CLIENT_ID_LENGTH + " characters, none a control character";
    }

    private static boolean isText(String text, int maxLength) {
        return !text.isEmpty() && text.length() <= maxLength && cleanLength(text) != ILL_FORMED;
    }

    /** The length in UTF-8 bytes, or {@link #ILL_FORMED} if a text has control characters or unpaired surrogates. */
    private static int cleanLength(String text) {
        int bytes = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isISOControl(c)) {
                return ILL_FORMED;
            }
            // Each half of a surrogate pair counts as two of its four bytes.
            bytes += c < 0x80 ? 1 : c < 0x800 || Character.isSurrogate(c) ? 2 : 3;
        }
        return Utf8.isWellFormed(text) ? bytes : ILL_FORMED;
    }
}
