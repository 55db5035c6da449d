package dev.tokencache.operator.doctor.facts;

import dev.tokencache.operator.doctor.NodeFacts.NodeLine;
import java.util.List;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Literal replies of Redis 3.2, 5, 7 and Valkey 8. */
class RepliesTest {

    private static final String ID = "07c37dfeb235213a872192d90877d0cd55635b91";
    private static final String MASTER = "e7d1eecce10fd6bb5eb35b9f99a514335d9ba9ca";

    private static NodeLine line(String line) {
        List<NodeLine> lines = Replies.nodes(line + "\n");
        assertThat(lines).hasSize(1);
        return lines.get(0);
    }

    @Test
    void shouldReadALineOfRedis3() {
        assertThat(line(ID + " 127.0.0.1:30004 slave " + MASTER + " 0 1426238317239 4 connected"))
                .isEqualTo(new NodeLine(ID, "127.0.0.1", 30004, 40004, "", List.of("slave"), MASTER, true, List.of()));
    }

    @Test
    void shouldReadALineOfRedis5WithOpenSlots() {
        NodeLine line = line(ID + " 10.0.0.1:6379@16379 myself,master - 0 0 1 connected 0-5460 9000 [93-<-" + MASTER
                + "] [94->-" + MASTER + "]");

        assertThat(line.busPort()).isEqualTo(16379);
        assertThat(line.flags()).containsExactly("myself", "master");
        assertThat(line.slots()).containsExactly("0-5460", "9000", "[93-<-" + MASTER + "]", "[94->-" + MASTER + "]");
    }

    @Test
    void shouldReadHostNamesOfRedis7AndFieldsOfValkey() {
        assertThat(line(ID + " 10.0.0.1:6379@16379,redis-1.example master - 0 0 1 connected 0-5460")
                        .announcedName())
                .isEqualTo("redis-1.example");
        assertThat(line(ID + " 10.0.0.1:6379@16379,,tls-port=0,shard-id=69bc master - 0 0 1 connected")
                        .announcedName())
                .isEmpty();
        assertThat(line(ID + " 10.0.0.1:6379@16379,shard-id=69bc master - 0 0 1 connected")
                        .announcedName())
                .isEmpty();
    }

    @Test
    void shouldReadNodesWithoutAnAddressAndWithIpv6() {
        NodeLine unknown = line(ID + " :0@0 master,noaddr - 1426238316232 1426238315730 2 disconnected");
        assertThat(unknown.host()).isEmpty();
        assertThat(unknown.isLinkUp()).isFalse();
        assertThat(line(ID + " fe80::1:6379@16379 slave " + MASTER + " 0 0 1 connected")
                        .host())
                .isEqualTo("fe80::1");
    }

    @Test
    void shouldLeaveOutWhatIsNoLine() {
        assertThat(Replies.nodes("\nnonsense\n" + ID + " 10.0.0.1:x@y master - 0 0 1 connected\n"))
                .isEmpty();
    }

    @Test
    void shouldReplaceACategoryByItsCommands() {
        List<String> users = List.of("user a on -@all +@hash -hset", "user b on +@all -@hash", "user c on +@hashes");

        assertThat(Replies.withCommands(users, "hash", List.of("hget", "hset")))
                .containsExactly(
                        "user a on -@all +hget +hset -hset", "user b on +@all -hget -hset", "user c on +@hashes");
        assertThat(Replies.withCommands(users, "hash", List.of())).isEqualTo(users);
    }

    @Test
    void shouldReadInfo() {
        assertThat(Replies.info("# Server\r\nredis_version:3.2.12\r\nos:Linux 4.9 x86_64\r\n\r\n# Keyspace\r\n"
                        + "db0:keys=1,expires=1,avg_ttl=7\r\nexecutable:/usr/bin/redis:server\r\n"))
                .containsEntry("redis_version", "3.2.12")
                .containsEntry("db0", "keys=1,expires=1,avg_ttl=7")
                .containsEntry("executable", "/usr/bin/redis:server")
                .hasSize(4);
        assertThat(Replies.info("# Server\r\nredis_version:7.2.4\r\nserver_name:valkey\r\nvalkey_version:8.0.1\r\n"))
                .containsEntry("valkey_version", "8.0.1");
    }
}
