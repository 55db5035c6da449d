package dev.tokencache.http.oauth;

import dev.tokencache.http.PercentEncoding;
import dev.tokencache.token.InvalidRequestException;
import dev.tokencache.token.TokenString;

/**
 * The form of a request to an OAuth endpoint (RFC 7662 section 2.1, RFC 7009 section 2.1).
 *
 * <p>Netty's decoder would replace malformed UTF-8, which turns one token into another.
 */
final class FormBody {

    private static final String TOKEN = "token";

    private FormBody() {}

    /**
     * The value of {@code token}. Ignores all other parameters (RFC 6749 section 3.2).
     *
     * @throws InvalidRequestException if the form has no token, several, or a malformed one
     */
    static TokenString token(byte[] form) {
        String token = null;
        int start = 0;
        while (start < form.length) {
            int end = indexOf(form, '&', start, form.length);
            int equals = indexOf(form, '=', start, end);
            if (isToken(form, start, equals)) {
                if (token != null) {
                    throw new InvalidRequestException(TOKEN, "must be given once");
                }
                token = decode(form, Math.min(equals + 1, end), end);
            }
            start = end + 1;
        }
        if (token == null || token.isEmpty()) {
            throw new InvalidRequestException(TOKEN, "is required");
        }
        return new TokenString(token);
    }

    private static int indexOf(byte[] form, char wanted, int from, int to) {
        int i = from;
        while (i < to && form[i] != wanted) {
            i++;
        }
        return i;
    }

    private static boolean isToken(byte[] form, int from, int to) {
        return PercentEncoding.decodeForm(form, from, to).filter(TOKEN::equals).isPresent();
    }

    private static String decode(byte[] form, int from, int to) {
        return PercentEncoding.decodeToken(form, from, to)
                .orElseThrow(() -> new InvalidRequestException(TOKEN, "must be percent-encoded"));
    }
}
