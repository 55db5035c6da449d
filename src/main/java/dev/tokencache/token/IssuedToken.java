package dev.tokencache.token;

/**
 * A token that was just created: the only time that its string and its record are seen together.
 *
 * @param string the secret, for the caller's eyes only
 * @param token what is kept of it
 */
public record IssuedToken(TokenString string, Token token) {}
