package dev.tokencache.http.forwardauth;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds the token in the headers of a browser's request. Pure; never throws. */
final class ForwardedToken {

    /** Represents a malformed token: it is inactive without a lookup. */
    static final String MALFORMED = "";

    private static final String BEARER = "Bearer";

    private ForwardedToken() {}

    /**
     * The token of a request: that of {@code Authorization: Bearer} (RFC 6750 section 2.1), else that of the cookie. Another
     * scheme is meant for the site behind the web server, so the cookie counts.
     *
     * @param authorizations the values of {@code Authorization}
     * @param cookies the values of {@code Cookie}
     * @return null if there is no token, {@link #MALFORMED} if there are several {@code Authorization} headers
     */
    static @Nullable String find(List<String> authorizations, List<String> cookies, String cookieName) {
        if (authorizations.size() > 1) {
            return MALFORMED;
        }
        if (!authorizations.isEmpty() && isBearer(authorizations.get(0))) {
            return bearer(authorizations.get(0));
        }
        for (String header : cookies) {
            String value = cookie(header, cookieName);
            if (value != null) {
                return value;
            }
        }
        return null;
    }

    private static boolean isBearer(String header) {
        return header.regionMatches(true, 0, BEARER, 0, BEARER.length())
                && (header.length() == BEARER.length() || header.charAt(BEARER.length()) == ' ');
    }

    private static String bearer(String header) {
        int start = BEARER.length();
        while (start < header.length() && header.charAt(start) == ' ') {
            start++;
        }
        return header.substring(start);
    }

    /**
     * The value of the first cookie of that name, or null. Lenient like browsers and sites: ignores blanks around a pair,
     * quotes around its value, and anything that is not a pair.
     */
    static @Nullable String cookie(String header, String name) {
        int start = 0;
        while (start < header.length()) {
            int end = header.indexOf(';', start);
            if (end < 0) {
                end = header.length();
            }
            int nameStart = skipBlanks(header, start, end);
            int equals = nameStart + name.length();
            if (equals < end && header.charAt(equals) == '=' && header.startsWith(name, nameStart)) {
                return value(header, equals + 1, end);
            }
            start = end + 1;
        }
        return null;
    }

    private static int skipBlanks(String header, int from, int to) {
        int i = from;
        while (i < to && isBlank(header.charAt(i))) {
            i++;
        }
        return i;
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t';
    }

    private static String value(String header, int from, int to) {
        int start = skipBlanks(header, from, to);
        int end = to;
        while (end > start && isBlank(header.charAt(end - 1))) {
            end--;
        }
        if (end - start >= 2 && header.charAt(start) == '"' && header.charAt(end - 1) == '"') {
            start++;
            end--;
        }
        return header.substring(start, end);
    }
}
