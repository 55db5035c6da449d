package dev.tokencache.token;

import org.junit.jupiter.api.Nested;

/** The promises of a {@link TokenStore} behind a journal: these, and all the others. */
public abstract class RestoringTokenStoreContract extends TokenStoreContract {

    @Nested
    final class Restorations extends RestorationContract {
        Restorations() {
            super(RestoringTokenStoreContract.this);
        }
    }
}
