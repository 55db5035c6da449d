package dev.tokencache.migration.store;

import dev.tokencache.migration.Mismatch;
import dev.tokencache.migration.Side;
import java.util.Optional;

/** What the two sides do to each other, to be counted. Called on event loops: implementations must not block. */
public interface MigrationEvents {

    /** Nobody counts. */
    MigrationEvents NONE = new MigrationEvents() {
        @Override
        public void compared(Optional<Mismatch> mismatch) {}

        @Override
        public void shed() {}

        @Override
        public void failed(Side side) {}

        @Override
        public void copied(TokenCopier.Outcome outcome) {}
    };

    /** Both sides were asked about a token that one of them holds for good. */
    void compared(Optional<Mismatch> mismatch);

    /** A comparison was left out, because too many are under way. */
    void shed();

    /** A side gave no answer, or did not say what became of a write. */
    void failed(Side side);

    /** A validation found a token in the old store alone. */
    void copied(TokenCopier.Outcome outcome);
}
