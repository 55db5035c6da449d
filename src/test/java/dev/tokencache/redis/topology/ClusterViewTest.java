package dev.tokencache.redis.topology;

import dev.tokencache.redis.AddressMap;
import dev.tokencache.redis.Endpoint;
import io.vertx.redis.client.Response;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.tokencache.redis.Reply.list;
import static dev.tokencache.redis.Reply.number;
import static dev.tokencache.redis.Reply.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class ClusterViewTest {

    private static final Response INFO =
            text("cluster_state:ok\r\ncluster_slots_assigned:16384\r\ncluster_current_epoch:6\r\n");
    private static final Endpoint QUERIED = new Endpoint("queried", 7000);
    private static final String SELF = "a 10.0.0.1:7000@17000 myself,master - 0 0 5 connected 0-5460\n";

    @Test
    void shouldParseRangesWithOwnerMasterAndReplicas() {
        ClusterView view = view(
                SELF
                        + "b 10.0.0.2:7001@17001 master - 0 1 6 connected 5461-9000 9002 [9003-<-a] 10000-16383\n"
                        + "d 10.0.0.5:7004@17004 slave a 0 1 5 connected\n"
                        + "c 10.0.0.4:7003@17003 slave a 0 1 5 connected\n",
                list());

        assertThat(view.reporter()).isEqualTo("a");
        assertThat(view.isOk()).isTrue();
        assertThat(view.epoch()).isEqualTo(6);
        assertThat(view.members()).containsExactlyInAnyOrder("a", "b", "c", "d");
        Endpoint b = new Endpoint("10.0.0.2", 7001);
        assertThat(view.ranges())
                .containsExactly(
                        new SlotRange(
                                0,
                                5460,
                                "a",
                                5,
                                new Endpoint("10.0.0.1", 7000),
                                List.of(new Endpoint("10.0.0.4", 7003), new Endpoint("10.0.0.5", 7004))),
                        new SlotRange(5461, 9000, "b", 6, b, List.of()),
                        new SlotRange(9002, 9002, "b", 6, b, List.of()),
                        new SlotRange(10000, 16383, "b", 6, b, List.of()));
    }

    @Test
    void shouldParseTheReplyOfRedis3() {
        ClusterView view = view(
                "a 10.0.0.1:7000 myself,master - 0 0 5 connected 0-1\n"
                        + "b ::1:7001 master - 0 0 6 connected 2\n"
                        + "c 10.0.0.3:7002 slave,fail a 0 0 5 disconnected\n",
                list(list(number(0), number(1), list(text("10.0.0.1"), number(7000)))));

        assertThat(view.ranges())
                .containsExactly(
                        new SlotRange(0, 1, "a", 5, new Endpoint("10.0.0.1", 7000), List.of()),
                        new SlotRange(2, 2, "b", 6, new Endpoint("::1", 7001), List.of()));
    }

    @Test
    void shouldUseTheAddressesThatClientsShouldUse() {
        String nodes = "a 10.0.0.1:7000@17000,redis-a myself,master - 0 0 5 connected 0-1\n"
                + "b 10.0.0.2:7000@17000,redis-b master - 0 0 6 connected 2-3\n"
                + "c 10.0.0.3:7000@17000,redis-c slave a 0 0 5 connected\n";
        Response slots = list(
                list(number(0), number(1), node(text("redis-a"), 7100, "a"), node(text("redis-c"), 7100, "c")),
                list(number(2), number(3), node(text("redis-b"), 7100, "b")));

        assertThat(view(nodes, slots).ranges())
                .containsExactly(
                        new SlotRange(
                                0, 1, "a", 5, new Endpoint("redis-a", 7100), List.of(new Endpoint("redis-c", 7100))),
                        new SlotRange(2, 3, "b", 6, new Endpoint("redis-b", 7100), List.of()));
    }

    @Test
    void shouldUseTheIpAddressOfANodeWithoutHostName() {
        String nodes = SELF + "b 10.0.0.2:7001@17001 master - 0 1 6 connected 5461-16383\n";
        Response slots = list(
                list(number(0), number(5460), node(text("redis-a"), 7000, "a")),
                list(number(5461), number(16383), node(text("?"), 7001, "b")));

        assertThat(view(nodes, slots).ranges())
                .extracting(SlotRange::master)
                .containsExactly(new Endpoint("redis-a", 7000), new Endpoint("10.0.0.2", 7001));
    }

    @Test
    void shouldUseTheQueriedHostIfTheClusterSaysSo() {
        String nodes = SELF + "b 10.0.0.2:7001@17001 master - 0 1 6 connected 5461-16383\n";
        Response slots = list(
                list(number(0), number(5460), node(null, 7000, "a")),
                list(number(5461), number(16383), node(null, 7001, "b")));

        assertThat(view(nodes, slots).ranges())
                .extracting(SlotRange::master)
                .containsExactly(new Endpoint("queried", 7000), new Endpoint("queried", 7001));
    }

    @Test
    void shouldUseTheQueriedHostOfANodeThatDoesNotKnowItsOwnAddress() {
        Response slots = list(list(number(0), number(5460), node(text(""), 7000, "a")));

        assertThat(view("a :7000@17000 myself,master - 0 0 5 connected 0-5460\n", slots)
                        .ranges())
                .extracting(SlotRange::master)
                .containsExactly(new Endpoint("queried", 7000));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "b :0@0 master,noaddr - 0 0 6 disconnected 5461-16383",
                "b 10.0.0.2:99999@1 master - 0 0 6 connected 5461-16383",
                "b 10.0.0.2:x@1 master - 0 0 6 connected 5461-16383",
                "b 10.0.0.2 master - 0 0 6 connected 5461-16383",
                "b 10.0.0.2:7001@1 master - 0 0 six connected 5461-16383",
                "b 10.0.0.2:7001@1 master - 0 0 6 connected 5461-20000",
                "b 10.0.0.2:7001@1 master - 0 0 6 connected 6000-5461",
                "b 10.0.0.2:7001@1 master - 0 0 6 connected -5461",
                "b 10.0.0.2:7001@1 master - 0 0 6 connected some",
                "b 10.0.0.2:7001@1 slave a 0 0 6 connected 5461-16383",
                "b",
                ""
            })
    void shouldLeaveOutOnlyTheSlotsOfAnEntryThatItCannotRead(String line) {
        assertThat(view(SELF + line + "\n", list()).ranges())
                .extracting(SlotRange::owner)
                .containsExactly("a");
    }

    @Test
    void shouldReadTheNodesIfCLUSTERSLOTSHasAnEntryThatItCannotRead() {
        Response slots = list(
                text("not a range"),
                list(number(0), number(5460), node(text(""), 0, "a")),
                list(number(5461), number(16383), text("not a node")));

        assertThat(view(SELF, slots).ranges())
                .extracting(SlotRange::master)
                .containsExactly(new Endpoint("10.0.0.1", 7000));
    }

    @Test
    void shouldTranslateEveryAddress() {
        AddressMap addresses = AddressMap.of(List.of("10.0.0.1:7000=gateway:17000", "10.0.0.4:7003=gateway:17003"));
        String nodes = SELF + "c 10.0.0.4:7003@17003 slave a 0 1 5 connected\n";

        ClusterView view = ClusterView.parse(INFO, text(nodes), list(), QUERIED, addresses);

        Endpoint a = new Endpoint("gateway", 17000);
        Endpoint c = new Endpoint("gateway", 17003);
        assertThat(view.ranges()).containsExactly(new SlotRange(0, 5460, "a", 5, a, List.of(c)));
        assertThat(view.endpoints()).containsExactlyInAnyOrder(a, c);
    }

    @Test
    void shouldNotCountANodeAsAMemberBeforeItsIdIsKnown() {
        ClusterView view = view(SELF + "random 10.0.0.9:7000@17000 handshake - 0 0 0 disconnected\n", list());

        assertThat(view.members()).containsExactly("a");
    }

    @Test
    void shouldParseANodeThatBelongsToNoCluster() {
        ClusterView view = ClusterView.parse(
                text("cluster_state:fail\r\n"),
                text("a :7000@17000 myself,master - 0 0 0 connected\n"),
                list(),
                QUERIED,
                AddressMap.NONE);

        assertThat(view.isOk()).isFalse();
        assertThat(view.ranges()).isEmpty();
    }

    @Test
    void shouldRejectAReplyThatDoesNotNameTheNodeItself() {
        assertThatIllegalArgumentException().isThrownBy(() -> view("", list()));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> view("b 10.0.0.2:7001@17001 master - 0 1 6 connected 0-16383\n", list()));
    }

    private static ClusterView view(String nodes, Response slots) {
        return ClusterView.parse(INFO, text(nodes), slots, QUERIED, AddressMap.NONE);
    }

    private static Response node(Response host, int port, String id) {
        return list(host, number(port), text(id), list());
    }
}
