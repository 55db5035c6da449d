package dev.tokencache.token;

/** Where the record of a token is to be looked for. Safe to log: it never holds the token itself. */
public sealed interface TokenLocator {

    /** The hash of the token string. */
    TokenHash hash();

    /** A token whose subject's routing tag is known, so that one command to one node finds its record. */
    record ById(TokenId id) implements TokenLocator {
        @Override
        public TokenHash hash() {
            return id.hash();
        }
    }

    /** A token string that another system made: its subject must be looked up first. */
    record Foreign(TokenHash hash) implements TokenLocator {}
}
