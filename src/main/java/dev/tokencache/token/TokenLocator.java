package dev.tokencache.token;

/** Where to find the record of a token. Safe to log, since it never prints the token. */
public sealed interface TokenLocator {

    TokenHash hash();

    /** This locator without the token string. */
    default TokenLocator plain() {
        return this;
    }

    /** A token whose subject's routing tag is known: one command to one node finds its record. */
    record ById(TokenId id) implements TokenLocator {
        @Override
        public TokenHash hash() {
            return id.hash();
        }
    }

    /** A token string that another system created: its subject must be looked up first. */
    record Foreign(TokenHash hash) implements TokenLocator {}

    /**
     * A locator of another type with its token string, for the duration of a call. Only a store that finds tokens by
     * their strings gets it; that store passes on {@link #plain} alone.
     */
    record Presented(TokenLocator plain, TokenString string) implements TokenLocator {

        public Presented {
            if (plain instanceof Presented) {
                throw new IllegalArgumentException("a presented locator cannot be presented again");
            }
        }

        @Override
        public TokenHash hash() {
            return plain.hash();
        }
    }
}
