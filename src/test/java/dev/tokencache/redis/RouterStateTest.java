package dev.tokencache.redis;

import dev.tokencache.redis.topology.SlotMap;
import dev.tokencache.redis.topology.SlotRange;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class RouterStateTest {

    private static final Endpoint FIRST = new Endpoint("a", 1);
    private static final Endpoint SECOND = new Endpoint("b", 1);
    private static final Endpoint REPLICA = new Endpoint("c", 1);
    private static final Endpoint DEAD_REPLICA = new Endpoint("d", 1);

    @Test
    void shouldCountTheConnectedReplicasOfEachMaster() {
        SlotMap slots = SlotMap.of(List.of(
                new SlotRange(0, 9, FIRST, List.of(REPLICA, DEAD_REPLICA)),
                new SlotRange(10, 19, SECOND, List.of()),
                new SlotRange(20, 29, FIRST, List.of(REPLICA, DEAD_REPLICA))));

        RouterState state = slots.state(true, 0, Set.of(FIRST, SECOND, REPLICA)::contains);

        assertThat(state.replicasPerMaster()).containsExactly(1, 0);
        assertThat(state.masters()).isEqualTo(2);
        assertThat(state.nodesUp()).isEqualTo(3);
    }

    @Test
    void shouldCountNoReplicasOfAStandaloneServer() {
        assertThat(SlotMap.standalone(FIRST).state(true, 0, FIRST::equals).replicasPerMaster())
                .containsExactly(0);
        assertThat(SlotMap.EMPTY.state(false, 0, FIRST::equals).replicasPerMaster())
                .isEmpty();
    }
}
