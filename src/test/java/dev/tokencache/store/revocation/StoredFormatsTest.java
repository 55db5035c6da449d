package dev.tokencache.store.revocation;

import dev.tokencache.seal.Seal;
import dev.tokencache.seal.SealSettings;
import dev.tokencache.testing.StoredFormats;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

import static dev.tokencache.testing.StoredFormats.ID;
import static dev.tokencache.testing.StoredFormats.NOW;
import static org.assertj.core.api.Assertions.assertThat;

/** The messages of the near caches. */
class StoredFormatsTest {

    @Test
    void shouldKeepMessages() {
        RevocationChannel plain = new RevocationChannel("tc:", Seal.off());
        RevocationChannel sealed =
                new RevocationChannel("tc:", SealSettings.sealingWith("a").seal());

        StoredFormats.assertWritten("revocation.channel", plain.name());
        assertKept("revocation.token", plain, new Revocation.OfToken(ID.hash()));
        assertKept("revocation.subject", plain, new Revocation.OfSubject(ID.tag()));
        assertKept("revocation.subject.sealed", sealed, new Revocation.OfSubject(ID.tag()));
    }

    private static void assertKept(String name, RevocationChannel channel, Revocation revocation) {
        StoredFormats.assertWritten(name, new String(channel.message(revocation, NOW), StandardCharsets.US_ASCII));
        assertThat(channel.parse(StoredFormats.text(name))).contains(new RevocationChannel.Message(revocation, NOW));
    }
}
