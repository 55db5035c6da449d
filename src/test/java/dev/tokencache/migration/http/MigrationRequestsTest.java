package dev.tokencache.migration.http;

import dev.tokencache.migration.Backfill;
import dev.tokencache.migration.MigrationDial.Change;
import dev.tokencache.migration.MigrationPhase.Step;
import dev.tokencache.token.InvalidRequestException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class MigrationRequestsTest {

    private static byte[] json(String text) {
        return text.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    }

    private static void refuses(Function<byte[], ?> reader, String body, String field) {
        assertThatThrownBy(() -> reader.apply(json(body)))
                .isInstanceOfSatisfying(InvalidRequestException.class, refused -> assertThat(
                                refused.violations().get(0).field())
                        .isEqualTo(field));
    }

    @Test
    void shouldReadAChange() {
        assertThat(MigrationRequests.change(
                        json("{'phase':'ramp','read_percent':5,'mirror_percent':100,'force':true}")))
                .isEqualTo(new Change(Optional.of(Step.RAMP), OptionalInt.of(5), OptionalInt.of(100), true));
        assertThat(MigrationRequests.change(json("{'mirror_percent':0}")))
                .isEqualTo(new Change(Optional.empty(), OptionalInt.empty(), OptionalInt.of(0), false));
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '~',
            delimiter = '|',
            value = {
                "{}|phase",
                "{'force':true}|phase",
                "{'phase':'Ramp'}|phase",
                "{'phase':'sideways'}|phase",
                "{'phase':null}|phase",
                "{'read_percent':101}|read_percent",
                "{'read_percent':1.0}|read_percent",
                "{'mirror_percent':-1}|mirror_percent",
                "{'mirror_percent':4294967296}|mirror_percent",
                "{'phase':'ramp','force':'true'}|force",
                "{'phase':'ramp','force':1}|force",
                "{'phase':'ramp','now':true}|now"
            })
    void shouldNameTheInvalidFieldOfAChange(String body, String field) {
        refuses(MigrationRequests::change, body, field);
    }

    @Test
    void shouldReadABackfillRequest() {
        assertThat(MigrationRequests.backfill(json("{'action':'start','keys_per_second':0}")))
                .isEqualTo(new Backfill.Change(Optional.of(Backfill.Action.START), OptionalLong.of(0)));
        refuses(MigrationRequests::backfill, "{}", "action");
        refuses(MigrationRequests::backfill, "{'action':'START'}", "action");
        refuses(MigrationRequests::backfill, "{'keys_per_second':1000001}", "keys_per_second");
    }

    @Test
    void shouldReadAVerificationPosition() {
        assertThat(MigrationRequests.verify(json("{'position':'a:0'}")))
                .isEqualTo(new MigrationRequests.VerifyRequest("a:0", 500));
        refuses(MigrationRequests::verify, "{'keys':5}", "position");
        refuses(MigrationRequests::verify, "{'position':'a:0','keys':0}", "keys");
    }
}
