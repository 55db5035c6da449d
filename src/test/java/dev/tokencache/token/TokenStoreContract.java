package dev.tokencache.token;

import dev.tokencache.testing.MutableClock;
import org.junit.jupiter.api.Nested;

/**
 * Every promise of {@link TokenStore}, stated once. A test class for a store extends this and names the store and its
 * clock; each test has subjects of its own, so that all of them can run on one shared store.
 */
public abstract class TokenStoreContract {

    /** The store under test. Its longest lifetime must be at least 30 days. */
    protected abstract TokenStore store();

    /**
     * The clock that the store tells the time by. It starts at the real time or later, and tests only move it forward, so
     * that a store behind which keys expire by themselves, in real time, never loses one too early.
     */
    protected abstract MutableClock clock();

    @Nested
    final class Creations extends CreationContract {
        Creations() {
            super(TokenStoreContract.this);
        }
    }

    @Nested
    final class Renewals extends RenewalContract {
        Renewals() {
            super(TokenStoreContract.this);
        }
    }

    @Nested
    final class Expiries extends ExpiryContract {
        Expiries() {
            super(TokenStoreContract.this);
        }
    }

    @Nested
    final class SubjectExpiries extends SubjectExpiryContract {
        SubjectExpiries() {
            super(TokenStoreContract.this);
        }
    }

    @Nested
    final class Listings extends ListingContract {
        Listings() {
            super(TokenStoreContract.this);
        }
    }

    @Nested
    final class IdleTimeouts extends IdleTimeoutContract {
        IdleTimeouts() {
            super(TokenStoreContract.this);
        }
    }

    @Nested
    final class ForeignTokens extends ForeignTokenContract {
        ForeignTokens() {
            super(TokenStoreContract.this);
        }
    }

    @Nested
    final class Batches extends BatchContract {
        Batches() {
            super(TokenStoreContract.this);
        }
    }
}
