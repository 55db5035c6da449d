package dev.tokencache.http.oauth;

import dev.tokencache.http.PercentEncoding;
import dev.tokencache.logout.LogoutIssuers;
import dev.tokencache.token.InvalidRequestException;
import dev.tokencache.token.TokenString;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The form of a request to an OAuth endpoint (RFC 7662 section 2.1, RFC 7009 section 2.1). All other parameters are ignored
 * (RFC 6749 section 3.2).
 *
 * <p>Netty's decoder would replace malformed UTF-8, which turns one token into another.
 *
 * @param tokenOrEmpty {@code token}
 * @param logoutTokenOrEmpty {@code logout_token}, of an OpenID provider
 * @param clientId {@code client_id}, the caller's id if it authenticates in the form (RFC 6749 section 2.3.1)
 * @param clientSecret {@code client_secret}; {@link #toString} redacts it, and the tokens
 */
record FormBody(
        String tokenOrEmpty,
        String logoutTokenOrEmpty,
        @Nullable String clientId,
        @Nullable String clientSecret) {

    private static final String TOKEN = "token";
    private static final String LOGOUT_TOKEN = LogoutIssuers.PARAMETER;
    private static final String CLIENT_ID = "client_id";
    private static final String CLIENT_SECRET = "client_secret";

    /** @throws InvalidRequestException if one of the parameters is repeated or malformed */
    static FormBody parse(byte[] form) {
        String token = null;
        String logoutToken = null;
        String id = null;
        String secret = null;
        int start = 0;
        while (start < form.length) {
            int end = indexOf(form, '&', start, form.length);
            int equals = indexOf(form, '=', start, end);
            int value = Math.min(equals + 1, end);
            switch (PercentEncoding.decodeForm(form, start, equals).orElse("")) {
                case TOKEN -> token = only(TOKEN, token, PercentEncoding.decodeToken(form, value, end));
                case LOGOUT_TOKEN ->
                    logoutToken = only(LOGOUT_TOKEN, logoutToken, PercentEncoding.decodeForm(form, value, end));
                case CLIENT_ID -> id = only(CLIENT_ID, id, PercentEncoding.decodeForm(form, value, end));
                case CLIENT_SECRET ->
                    secret = only(CLIENT_SECRET, secret, PercentEncoding.decodeForm(form, value, end));
                default -> {}
            }
            start = end + 1;
        }
        return new FormBody(token == null ? "" : token, logoutToken == null ? "" : logoutToken, id, secret);
    }

    private static String only(String name, @Nullable String before, Optional<String> value) {
        if (before != null) {
            throw new InvalidRequestException(name, "must be given once");
        }
        return value.orElseThrow(() -> new InvalidRequestException(name, "must be percent-encoded"));
    }

    private static int indexOf(byte[] form, char wanted, int from, int to) {
        int i = from;
        while (i < to && form[i] != wanted) {
            i++;
        }
        return i;
    }

    /** @throws InvalidRequestException if the form has no token */
    TokenString token() {
        if (tokenOrEmpty.isEmpty()) {
            throw new InvalidRequestException(TOKEN, "is required");
        }
        return new TokenString(tokenOrEmpty);
    }

    /** @throws InvalidRequestException if the form has no logout token */
    String logoutToken() {
        if (logoutTokenOrEmpty.isEmpty()) {
            throw new InvalidRequestException(LOGOUT_TOKEN, "is required");
        }
        return logoutTokenOrEmpty;
    }

    /** @throws InvalidRequestException if the form has a secret, although the caller authenticated in the header */
    FormBody withoutCredentials() {
        if (clientSecret != null) {
            throw new InvalidRequestException(CLIENT_SECRET, "must be left out of a request with Authorization");
        }
        return this;
    }

    @Override
    public String toString() {
        return "FormBody[clientId=" + clientId + "]";
    }
}
