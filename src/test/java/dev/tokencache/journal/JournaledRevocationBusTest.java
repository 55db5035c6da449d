package dev.tokencache.journal;

import dev.tokencache.store.revocation.Revocation;
import dev.tokencache.store.revocation.RevocationBus;
import dev.tokencache.token.TokenHash;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class JournaledRevocationBusTest {

    private final List<Object> passedOn = new ArrayList<>();
    private boolean isJournalEmpty = true;

    private final RevocationBus bus = new JournaledRevocationBus(
            new RevocationBus() {
                @Override
                public long listeningEpoch() {
                    return 7;
                }

                @Override
                public void subscribe(Listener listener) {
                    passedOn.add(listener);
                }

                @Override
                public void announce(Revocation revocation) {
                    passedOn.add(revocation);
                }
            },
            () -> isJournalEmpty);

    /** The replay of an entry publishes it, so verdicts of before are valid again. */
    @Test
    void shouldBeUntrustedWhileTheJournalHasEntries() {
        assertThat(bus.listeningEpoch()).isEqualTo(7);
        isJournalEmpty = false;
        assertThat(bus.listeningEpoch()).isEqualTo(RevocationBus.UNTRUSTED);
        isJournalEmpty = true;
        assertThat(bus.listeningEpoch()).isEqualTo(7);
    }

    @Test
    void shouldPassOnRevocations() {
        RevocationBus.Listener listener = (revocation, age, isFirst) -> {};
        Revocation revocation = new Revocation.OfToken(TokenHash.ofBytes(new byte[TokenHash.BYTES]));
        isJournalEmpty = false;

        bus.subscribe(listener);
        bus.announce(revocation);

        assertThat(passedOn).containsExactly(listener, revocation);
    }
}
