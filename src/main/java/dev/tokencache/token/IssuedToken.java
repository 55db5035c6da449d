package dev.tokencache.token;

/**
 * A new token: its string together with its record.
 *
 * @param string the secret, for the caller alone
 */
public record IssuedToken(TokenString string, Token token, Durability durability) {

    IssuedToken withDurability(Durability actual) {
        return new IssuedToken(string, token, actual);
    }
}
