package dev.tokencache.token;

import org.junit.jupiter.api.Nested;

/** The contract of a {@link TokenStore} behind a journal: {@link TokenStoreContract} and restorations. */
public abstract class RestoringTokenStoreContract extends TokenStoreContract {

    @Nested
    final class Restorations extends RestorationContract {
        Restorations() {
            super(RestoringTokenStoreContract.this);
        }
    }
}
