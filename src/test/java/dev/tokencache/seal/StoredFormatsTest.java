package dev.tokencache.seal;

import dev.tokencache.testing.StoredFormats;
import dev.tokencache.token.Paging;
import dev.tokencache.token.TokenCodec;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

import static dev.tokencache.testing.StoredFormats.ID;
import static dev.tokencache.testing.StoredFormats.NOW;
import static dev.tokencache.testing.StoredFormats.TOKEN;
import static dev.tokencache.testing.StoredFormats.assertWritten;
import static org.assertj.core.api.Assertions.assertThat;

/** Records and sealed values. The nonce of a seal depends on its content, so its bytes are always the same. */
class StoredFormatsTest {

    private static final byte[] KEY = ("tc:{" + ID.tag() + "}").getBytes(StandardCharsets.UTF_8);
    private static final Place RECORD = Place.ofRecord(KEY, ID.hash().bytes());
    private final Seal seal = SealSettings.sealingWith("a").seal();

    @Test
    void shouldKeepRecords() {
        assertWritten("record", TokenCodec.encode(TOKEN));
        assertThat(TokenCodec.decode(ID, StoredFormats.bytes("record"))).isEqualTo(TOKEN);
    }

    @Test
    void shouldKeepSealedRecords() {
        assertWritten("record.sealed", seal.encode(TOKEN, RECORD));
        assertThat(seal.decode(ID, StoredFormats.bytes("record.sealed"), RECORD).token())
                .isEqualTo(TOKEN);
    }

    @Test
    void shouldKeepMacs() {
        Place notBefore = Place.ofNotBefore(KEY);

        assertWritten("not-before.sealed", seal.authenticate(Long.toString(NOW), notBefore));
        assertThat(seal.verify(StoredFormats.text("not-before.sealed"), notBefore)
                        .text())
                .isEqualTo(Long.toString(NOW));
    }

    @Test
    void shouldKeepPositionsOfAListing() {
        Paging.Position position = Paging.Position.after(7, TOKEN);

        assertWritten("listing.next", position.text());
        assertThat(Paging.Position.parse(StoredFormats.text("listing.next"))).contains(position);
    }
}
