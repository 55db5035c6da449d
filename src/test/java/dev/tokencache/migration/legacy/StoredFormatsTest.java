package dev.tokencache.migration.legacy;

import dev.tokencache.seal.Seal;
import dev.tokencache.seal.SealSettings;
import dev.tokencache.testing.StoredFormats;
import io.vertx.core.buffer.Buffer;
import io.vertx.redis.client.Response;
import io.vertx.redis.client.impl.types.BulkType;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

import static dev.tokencache.testing.StoredFormats.ID;
import static dev.tokencache.testing.StoredFormats.TOKEN;
import static org.assertj.core.api.Assertions.assertThat;

/** The sidecar records in an old store. */
class StoredFormatsTest {

    private static final byte[] KEY = ("tc-migration:{" + ID.hash() + "}").getBytes(StandardCharsets.UTF_8);

    @Test
    void shouldKeepSidecarRecords() {
        for (Seal seal : new Seal[] {Seal.off(), SealSettings.sealingWith("a").seal()}) {
            String name = seal.isOn() ? "sidecar.sealed" : "sidecar";
            SidecarRecord.Stored stored =
                    new SidecarRecord.Stored("sess:1".getBytes(StandardCharsets.US_ASCII), TOKEN, "nonce");
            StoredFormats.assertWritten(name, stored.bytes(KEY, seal));

            Response reply = BulkType.create(Buffer.buffer(StoredFormats.bytes(name)), false);
            assertThat(SidecarRecord.of(reply, ID.hash(), KEY, seal)
                            .orElseThrow()
                            .stored())
                    .get()
                    .satisfies(read -> assertThat(read.token()).isEqualTo(TOKEN))
                    .satisfies(read -> assertThat(read.foreignNonce()).isEqualTo("nonce"));
        }
        StoredFormats.assertWritten(
                "sidecar.expired", new SidecarRecord.Expired(StoredFormats.NOW).bytes(KEY, Seal.off()));
    }
}
