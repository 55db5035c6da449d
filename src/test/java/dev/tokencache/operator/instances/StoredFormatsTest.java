package dev.tokencache.operator.instances;

import dev.tokencache.operator.drill.DrillState;
import dev.tokencache.testing.StoredFormats;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What instances share through the cluster: heartbeats, and the state of a running drill. */
class StoredFormatsTest {

    @Test
    void shouldKeepHeartbeats() {
        Beat beat =
                new Beat("instance-1", StoredFormats.NOW, -3, "1.0.0", Map.of("callers", "ab12"), new Load(1.5, 0.25));

        StoredFormats.assertWritten("heartbeat", beat.text());
        assertThat(Beat.parse("instance-1", StoredFormats.text("heartbeat"))).isEqualTo(beat);
    }

    /** The first builds wrote no load. */
    @Test
    void shouldReadHeartbeatsWithoutALoad() {
        assertThat(Beat.parse("instance-1", StoredFormats.text("heartbeat.without-load")))
                .isEqualTo(
                        new Beat("instance-1", StoredFormats.NOW, -3, "0.1.0", Map.of("callers", "ab12"), Load.NONE));
    }

    @Test
    void shouldKeepTheStateOfADrill() {
        DrillState state = new DrillState(
                "d-1",
                "handover",
                "ops",
                "2026-11-18T10:00:00Z",
                "steps",
                List.of("one", "two"),
                1,
                List.of(new DrillState.Shard("0-5460", 0.5, 10, 20, 30, 0)),
                List.of(new DrillState.Event("2026-11-18T10:00:01Z", "started")));

        StoredFormats.assertWritten("drill", state.json().toString());
        assertThat(DrillState.parse(StoredFormats.text("drill"))).contains(state);
    }
}
