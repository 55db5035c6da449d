package dev.tokencache.redis.topology;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ReplicationInfoTest {

    private static final String REPLICA = """
            # Replication\r
            role:slave\r
            master_host:10.0.0.1\r
            master_port:6379\r
            master_link_status:up\r
            master_last_io_seconds_ago:1\r
            master_sync_in_progress:0\r
            slave_read_repl_offset:1400\r
            slave_repl_offset:1234\r
            master_replid:91ac89a4cf0c6c70e83f16e34c74984d95d71837\r
            master_repl_offset:1300\r
            """;

    @Test
    void shouldReadTheOffsetThatAReplicaHasApplied() {
        ReplicationInfo info = ReplicationInfo.parse(REPLICA);

        assertThat(info.isComplete()).isTrue();
        assertThat(info.isLinkUp()).isTrue();
        assertThat(info.offset()).isEqualTo(1234);
        assertThat(info.history()).isEqualTo("91ac89a4cf0c6c70e83f16e34c74984d95d71837");
    }

    @Test
    void shouldReadTheOffsetOfAMaster() {
        ReplicationInfo info = ReplicationInfo.parse("role:master\r\nmaster_replid:abc\r\nmaster_repl_offset:1300\r\n");

        assertThat(info.isMaster()).isTrue();
        assertThat(info.isComplete()).isFalse();
        assertThat(info.offset()).isEqualTo(1300);
        assertThat(info.isSameStream(ReplicationInfo.parse(REPLICA))).isFalse();
    }

    @Test
    void shouldNotCountAReplicaDuringAFullSynchronizationAsComplete() {
        assertThat(ReplicationInfo.parse(REPLICA.replace("progress:0", "progress:1"))
                        .isComplete())
                .isFalse();
    }

    @Test
    void shouldAcceptRedisBefore4WhichDoesNotNameTheStream() {
        ReplicationInfo info = ReplicationInfo.parse(REPLICA.replaceAll("master_replid.*", ""));

        assertThat(info.isNamed()).isFalse();
        assertThat(info.isComplete()).isTrue();
    }

    @Test
    void shouldTakeMissingFieldsForTheWorst() {
        assertThat(ReplicationInfo.parse("").isComplete()).isFalse();
        assertThat(ReplicationInfo.parse("role:slave\r\nslave_repl_offset:1\r\n")
                        .isComplete())
                .isFalse();
        assertThat(ReplicationInfo.parse(REPLICA.replace("slave_repl_offset:1234", ""))
                        .isComplete())
                .isFalse();
        assertThat(ReplicationInfo.parse(REPLICA.replace("1234", "soon")).isComplete())
                .isFalse();
        assertThat(ReplicationInfo.parse(REPLICA.replace("status:up", "status:?"))
                        .isLinkUp())
                .isFalse();
    }
}
