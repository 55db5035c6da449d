package dev.tokencache.redis.topology;

import dev.tokencache.redis.Endpoint;
import io.vertx.redis.client.Response;
import java.util.List;
import org.junit.jupiter.api.Test;

import static dev.tokencache.redis.Reply.list;
import static dev.tokencache.redis.Reply.number;
import static dev.tokencache.redis.Reply.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class ClusterViewTest {

    private static final Response INFO =
            text("cluster_state:ok\r\ncluster_slots_assigned:16384\r\ncluster_current_epoch:6\r\n");

    @Test
    void shouldParseRangesWithMasterAndReplicas() {
        Response slots = list(
                list(number(0), number(5460), node("10.0.0.1", 7000), node("10.0.0.4", 7003)),
                list(number(5461), number(16383), node("10.0.0.2", 7001)));

        ClusterView view = ClusterView.parse(INFO, slots, "queried");

        assertThat(view.isOk()).isTrue();
        assertThat(view.epoch()).isEqualTo(6);
        assertThat(view.ranges())
                .containsExactly(
                        new SlotRange(0, 5460, new Endpoint("10.0.0.1", 7000), List.of(new Endpoint("10.0.0.4", 7003))),
                        new SlotRange(5461, 16383, new Endpoint("10.0.0.2", 7001), List.of()));
    }

    @Test
    void shouldParseNodesOfRedis3WithoutId() {
        Response slots = list(list(number(0), number(1), list(text("10.0.0.1"), number(7000))));

        assertThat(ClusterView.parse(INFO, slots, "queried").ranges())
                .containsExactly(new SlotRange(0, 1, new Endpoint("10.0.0.1", 7000), List.of()));
    }

    @Test
    void shouldReplaceAHostThatTheNodeDoesNotAnnounce() {
        Response slots = list(
                list(number(0), number(1), list(text(""), number(7000))),
                list(number(2), number(3), list(null, number(7001))),
                list(number(4), number(5), list(text("?"), number(7002))));

        assertThat(ClusterView.parse(INFO, slots, "queried").ranges())
                .extracting(range -> range.master().host())
                .containsOnly("queried");
    }

    @Test
    void shouldParseAnEmptyCluster() {
        ClusterView view = ClusterView.parse(text("cluster_state:fail\r\n"), list(), "queried");

        assertThat(view.isOk()).isFalse();
        assertThat(view.ranges()).isEmpty();
    }

    @Test
    void shouldRejectAMalformedReply() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ClusterView.parse(INFO, list(text("not"), text("a range")), "queried"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ClusterView.parse(
                        INFO, list(list(number(0), number(20000), node("10.0.0.1", 7000))), "queried"));
    }

    @Test
    void shouldPreferTheNewerEpochAndThenMoreCoveredSlots() {
        SlotRange all = new SlotRange(0, 16383, new Endpoint("10.0.0.1", 7000), List.of());
        SlotRange half = new SlotRange(0, 8191, new Endpoint("10.0.0.1", 7000), List.of());
        ClusterView old = new ClusterView(true, 5, List.of(all));
        ClusterView fresh = new ClusterView(true, 6, List.of(half));
        ClusterView fuller = new ClusterView(true, 6, List.of(all));

        assertThat(fresh.isNewerThan(old)).isTrue();
        assertThat(old.isNewerThan(fresh)).isFalse();
        assertThat(fuller.isNewerThan(fresh)).isTrue();
    }

    private static Response node(String host, int port) {
        return list(text(host), number(port), text("0123456789abcdef0123456789abcdef01234567"), list());
    }
}
