package dev.tokencache.token;

import dev.tokencache.testing.MutableClock;
import org.junit.jupiter.api.Nested;

/**
 * The contract of {@link TokenStore}. A test class for an implementation extends this and provides the store and its
 * clock. Each test uses its own subjects, so all tests can share one store.
 */
public abstract class TokenStoreContract {

    /** The store under test. Its maximum lifetime must be at least 30 days. */
    protected abstract TokenStore store();

    /**
     * The store's clock. It starts at the real time or later, and tests only move it forward. So a key that Redis
     * expires in real time never expires too early.
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
    final class Evictions extends EvictionContract {
        Evictions() {
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
