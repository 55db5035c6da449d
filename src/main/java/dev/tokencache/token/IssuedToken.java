package dev.tokencache.token;

/**
 * A token that was just created: the only time that its string and its record are seen together.
 *
 * @param string the secret, for the caller's eyes only
 * @param token what is kept of it
 * @param durability how safely it is kept
 */
public record IssuedToken(TokenString string, Token token, Durability durability) {

    IssuedToken keptAs(Durability kept) {
        return new IssuedToken(string, token, kept);
    }
}
