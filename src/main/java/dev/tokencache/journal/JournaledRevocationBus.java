package dev.tokencache.journal;

import dev.tokencache.store.revocation.Revocation;
import dev.tokencache.store.revocation.RevocationBus;
import java.util.function.BooleanSupplier;

/**
 * A bus of revocations that is trusted only while the journal is empty: an instance that Redis does not answer saves a revocation
 * in the journal, where no one publishes it before it is replayed.
 *
 * @param bus publishes and receives the revocations in Redis
 * @param isJournalEmpty must be false before an entry of any process is acknowledged, and cheap
 */
public record JournaledRevocationBus(RevocationBus bus, BooleanSupplier isJournalEmpty) implements RevocationBus {

    @Override
    public long listeningEpoch() {
        return isJournalEmpty.getAsBoolean() ? bus.listeningEpoch() : UNTRUSTED;
    }

    @Override
    public void subscribe(Listener listener) {
        bus.subscribe(listener);
    }

    @Override
    public void announce(Revocation revocation) {
        bus.announce(revocation);
    }
}
