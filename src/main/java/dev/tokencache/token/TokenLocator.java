package dev.tokencache.token;

/** Where the record of a token is to be looked for. Safe to log: none of them tells the token itself. */
public sealed interface TokenLocator {

    /** The hash of the token string. */
    TokenHash hash();

    /** This locator without the string, if it has one. */
    default TokenLocator plain() {
        return this;
    }

    /** A token whose subject's routing tag is known, so that one command to one node finds its record. */
    record ById(TokenId id) implements TokenLocator {
        @Override
        public TokenHash hash() {
            return id.hash();
        }
    }

    /** A token string that another system made: its subject must be looked up first. */
    record Foreign(TokenHash hash) implements TokenLocator {}

    /**
     * A locator and the string it was made of, for the duration of a call: only where a store is configured that finds
     * tokens by their strings. That store passes on {@link #plain} alone.
     *
     * @param plain one of the others
     */
    record Presented(TokenLocator plain, TokenString string) implements TokenLocator {

        public Presented {
            if (plain instanceof Presented) {
                throw new IllegalArgumentException("a string is presented once");
            }
        }

        @Override
        public TokenHash hash() {
            return plain.hash();
        }
    }
}
