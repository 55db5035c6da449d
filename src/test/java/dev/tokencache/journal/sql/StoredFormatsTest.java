package dev.tokencache.journal.sql;

import dev.tokencache.journal.JournalEntry;
import dev.tokencache.journal.JournaledRecord;
import dev.tokencache.seal.Seal;
import dev.tokencache.seal.SealSettings;
import dev.tokencache.testing.StoredFormats;
import dev.tokencache.token.Sha256;
import dev.tokencache.token.TokenLocator;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

import static dev.tokencache.testing.StoredFormats.ID;
import static dev.tokencache.testing.StoredFormats.NOW;
import static dev.tokencache.testing.StoredFormats.TOKEN;
import static org.assertj.core.api.Assertions.assertThat;

/** The rows of the journal and its schema. */
class StoredFormatsTest {

    private static EntryRow row(EntryKey key, byte[] record, String nonce, Seal seal) {
        return new EntryRow(key, ID.tag().value(), NOW, record, nonce, 3, NOW, 0, seal);
    }

    @Test
    void shouldKeepRecordsInRows() {
        EntryKey key = EntryKey.ofRecord(ID.hash());
        StoredFormats.assertWritten("journal.record.key", key.kind().letter() + key.text());
        for (Seal seal : new Seal[] {Seal.off(), SealSettings.sealingWith("a").seal()}) {
            String name = seal.isOn() ? "journal.record.sealed" : "record";

            StoredFormats.assertWritten(name, seal.encode(TOKEN, EntryRow.place(key.kind(), ID)));
            assertThat(row(key, StoredFormats.bytes(name), "nonce", seal).entry())
                    .isEqualTo(new JournalEntry.SavedRecord(new JournaledRecord(TOKEN, "nonce", 3), 0));
        }
    }

    @Test
    void shouldKeepExpiriesInRows() {
        Seal seal = SealSettings.sealingWith("a").seal();
        EntryKey expiry = EntryKey.ofExpiry(new TokenLocator.ById(ID));
        EntryKey foreign = EntryKey.ofExpiry(new TokenLocator.Foreign(ID.hash()));
        EntryKey notBefore = EntryKey.ofNotBefore(ID.tag());

        StoredFormats.assertWritten("journal.expiry.key", expiry.kind().letter() + expiry.text());
        StoredFormats.assertWritten("journal.foreign-expiry.key", foreign.kind().letter() + foreign.text());
        StoredFormats.assertWritten("journal.not-before.key", notBefore.kind().letter() + notBefore.text());
        StoredFormats.assertWritten("journal.expiry.mac", EntryRow.mac(expiry, NOW, seal));
        byte[] mac = StoredFormats.bytes("journal.expiry.mac");
        assertThat(row(expiry, mac, null, seal).entry())
                .isEqualTo(new JournalEntry.Expiry(new TokenLocator.ById(ID), NOW, 3, 0));
        assertThat(row(notBefore, null, null, Seal.off()).entry())
                .isEqualTo(new JournalEntry.NotBefore(ID.tag(), NOW, 3, 0));
    }

    /** Flyway refuses a migration that has changed since it ran, and a file's version counts the migrations. */
    @Test
    void shouldKeepTheMigrationsOfTheSchema() throws IOException {
        for (String name : new String[] {"V1__journal", "V2__confirmation"}) {
            try (var in = getClass().getResourceAsStream("/db/journal/" + name + ".sql")) {
                String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
                StoredFormats.assertWritten(
                        "journal.schema." + name, Sha256.hash(text.getBytes(StandardCharsets.UTF_8)));
            }
        }
    }
}
