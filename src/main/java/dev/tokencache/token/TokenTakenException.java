package dev.tokencache.token;

/** The token string that a caller brought is that of a live token already. */
public final class TokenTakenException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public TokenTakenException() {
        super("the token string is taken by a live token", null, false, false);
    }
}
