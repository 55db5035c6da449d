package dev.tokencache.redis.topology;

import java.time.Duration;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ReplicaInfoTest {

    private static final Duration MAX_LAG = Duration.ofSeconds(10);

    private static final String LINKED = """
            # Replication\r
            role:slave\r
            master_link_status:up\r
            master_last_io_seconds_ago:1\r
            master_sync_in_progress:0\r
            """;

    private static final String CUT_OFF = """
            # Replication\r
            role:slave\r
            master_link_status:down\r
            master_last_io_seconds_ago:-1\r
            master_sync_in_progress:0\r
            master_link_down_since_seconds:3\r
            """;

    @Test
    void shouldUseAReplicaWhoseLinkIsUp() {
        assertThat(isUsable(LINKED, false)).isTrue();
    }

    @Test
    void shouldStillUseAReplicaWhoseLinkJustWentDown() {
        assertThat(isUsable(CUT_OFF, true)).isTrue();
    }

    @Test
    void shouldNotUseAReplicaThatLostItsLinkBeforeItHadAllData() {
        assertThat(isUsable(CUT_OFF, false)).isFalse();
    }

    @Test
    void shouldNotUseAReplicaThatIsTooFarBehind() {
        assertThat(isUsable(LINKED.replace("ago:1", "ago:13"), true)).isFalse();
        assertThat(isUsable(CUT_OFF.replace("seconds:3", "seconds:11"), true)).isFalse();
        assertThat(isUsable(CUT_OFF.replace("seconds:3", "seconds:-1"), true)).isFalse();
    }

    @Test
    void shouldTolerateThePingPeriodOfAnIdleMaster() {
        assertThat(isUsable(LINKED.replace("ago:1", "ago:12"), false)).isTrue();
    }

    @Test
    void shouldNotUseAReplicaDuringAFullSynchronization() {
        assertThat(isUsable(LINKED.replace("progress:0", "progress:1"), true)).isFalse();
    }

    @Test
    void shouldNotUseANodeThatDoesNotReportToBeAReplica() {
        assertThat(isUsable(LINKED.replace("slave", "sentinel"), true)).isFalse();
        assertThat(isUsable("", true)).isFalse();
        assertThat(isUsable("role:slave\r\nmaster_link_status:up\r\n", true)).isFalse();
        assertThat(isUsable(LINKED.replace("ago:1", "ago:soon"), true)).isFalse();
    }

    @Test
    void shouldStillUseAReplicaThatWasJustPromoted() {
        assertThat(isUsable("role:master\r\n", true)).isTrue();
        assertThat(isUsable("role:master\r\n", false)).isFalse();
    }

    private static boolean isUsable(String info, boolean wasUsable) {
        return ReplicaInfo.parse(info).isUsable(wasUsable, MAX_LAG);
    }
}
