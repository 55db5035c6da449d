package dev.tokencache.http.forwardauth;

import dev.tokencache.token.TokenString;
import dev.tokencache.token.Verdict;
import java.util.ArrayList;
import java.util.List;

/** Finds the tokens in the headers of a browser's request. Pure; never throws. */
final class ForwardedToken {

    /** Represents a malformed token: it is inactive without a lookup. */
    static final TokenString MALFORMED = new TokenString("");

    /** The maximum number of different cookies to validate: a browser has few, an attacker would send many. */
    private static final int MAX_COOKIES = 4;

    private static final String BEARER = "Bearer";

    private ForwardedToken() {}

    /**
     * The tokens of a request: that of {@code Authorization: Bearer} (RFC 6750 section 2.1), else those of the cookies with a
     * name. Another scheme is meant for the site behind the web server, so the cookies count. A browser sends several cookies
     * of one name if they differ in path or domain, in an order that means nothing (RFC 6265 section 4.2.2).
     *
     * @param authorizations the values of {@code Authorization}
     * @param cookies the values of {@code Cookie}
     * @return the different tokens, {@link #MALFORMED} if there are several {@code Authorization} headers
     */
    static List<TokenString> find(List<String> authorizations, List<String> cookies, String cookieName) {
        if (authorizations.size() > 1) {
            return List.of(MALFORMED);
        }
        if (!authorizations.isEmpty() && isBearer(authorizations.get(0))) {
            return List.of(bearer(authorizations.get(0)));
        }
        List<TokenString> found = List.of();
        for (String header : cookies) {
            found = withCookies(found, header, cookieName);
        }
        return found;
    }

    /**
     * The verdict on a request with several tokens. Active ones of several subjects contradict each other: one of them may
     * have been set by another site of the domain.
     */
    static Verdict verdictOf(List<Verdict> verdicts) {
        Verdict.Active active = null;
        Verdict other = Verdict.INACTIVE;
        for (Verdict verdict : verdicts) {
            if (verdict instanceof Verdict.Unknown) {
                other = verdict;
            } else if (verdict instanceof Verdict.Active next) {
                if (active == null) {
                    active = next;
                } else if (!active.token().sub().equals(next.token().sub())) {
                    return Verdict.INACTIVE;
                }
            }
        }
        return active == null ? other : active;
    }

    private static boolean isBearer(String header) {
        return header.regionMatches(true, 0, BEARER, 0, BEARER.length())
                && (header.length() == BEARER.length() || header.charAt(BEARER.length()) == ' ');
    }

    private static TokenString bearer(String header) {
        int start = BEARER.length();
        while (start < header.length() && header.charAt(start) == ' ') {
            start++;
        }
        return new TokenString(header.substring(start));
    }

    /**
     * Adds the values of the cookies of a name. Lenient like browsers and sites: ignores blanks around a pair, quotes around
     * its value, and anything that is not a pair.
     */
    private static List<TokenString> withCookies(List<TokenString> found, String header, String name) {
        List<TokenString> all = found;
        int start = 0;
        while (start < header.length()) {
            int end = header.indexOf(';', start);
            if (end < 0) {
                end = header.length();
            }
            int nameStart = skipBlanks(header, start, end);
            int equals = nameStart + name.length();
            if (equals < end && header.charAt(equals) == '=' && header.startsWith(name, nameStart)) {
                all = with(all, new TokenString(value(header, equals + 1, end)));
            }
            start = end + 1;
        }
        return all;
    }

    private static List<TokenString> with(List<TokenString> found, TokenString token) {
        if (found.isEmpty()) {
            return List.of(token);
        }
        if (found.contains(token) || found.size() == MAX_COOKIES) {
            return found;
        }
        List<TokenString> all = new ArrayList<>(found);
        all.add(token);
        return all;
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
