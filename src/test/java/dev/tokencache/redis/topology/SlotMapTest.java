package dev.tokencache.redis.topology;

import dev.tokencache.redis.Endpoint;
import dev.tokencache.redis.HashSlot;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class SlotMapTest {

    private static final Endpoint FIRST = new Endpoint("10.0.0.1", 7000);
    private static final Endpoint SECOND = new Endpoint("10.0.0.2", 7000);
    private static final Endpoint REPLICA = new Endpoint("10.0.0.3", 7000);
    private static final List<SlotRange> RANGES =
            List.of(new SlotRange(0, 99, FIRST, List.of(REPLICA)), new SlotRange(100, 199, SECOND, List.of()));

    private final SlotMap map = SlotMap.of(RANGES);

    @Test
    void shouldFindTheMasterOfASlot() {
        assertThat(map.master(0)).isEqualTo(FIRST);
        assertThat(map.master(99)).isEqualTo(FIRST);
        assertThat(map.master(100)).isEqualTo(SECOND);
        assertThat(map.master(200)).isNull();
        assertThat(map.covered()).isEqualTo(200);
    }

    @Test
    void shouldMoveOneSlotAndLeaveTheOthers() {
        SlotMap moved = map.moved(50, SECOND);

        assertThat(moved.master(50)).isEqualTo(SECOND);
        assertThat(moved.master(49)).isEqualTo(FIRST);
        assertThat(map.master(50)).isEqualTo(FIRST);
        assertThat(map.moved(50, FIRST)).isSameAs(map);
    }

    @Test
    void shouldCompareItselfWithRanges() {
        assertThat(map.isOf(RANGES)).isTrue();
        assertThat(map.isOf(List.of())).isFalse();
        assertThat(map.moved(50, SECOND).isOf(RANGES)).isFalse();
    }

    @Test
    void shouldListEveryMasterWithItsReplicas() {
        assertThat(map.shards()).containsOnlyKeys(FIRST, SECOND).containsEntry(FIRST, Set.of(REPLICA));
        assertThat(map.moved(300, REPLICA).shards()).containsOnlyKeys(FIRST, SECOND, REPLICA);
        assertThat(SlotMap.EMPTY.shards()).isEmpty();
    }

    @Test
    void shouldAssignAllSlotsToAStandaloneServer() {
        assertThat(SlotMap.standalone(FIRST).covered()).isEqualTo(HashSlot.COUNT);
    }

    @Test
    void shouldShowTheSlotsOfAMasterAsRanges() {
        SlotMap moved = map.moved(50, SECOND).moved(150, FIRST).moved(16383, FIRST);

        assertThat(map.rangesOf(FIRST)).isEqualTo("0-99");
        assertThat(moved.rangesOf(FIRST)).isEqualTo("0-49,51-99,150,16383");
        assertThat(moved.rangesOf(SECOND)).isEqualTo("50,100-149,151-199");
        assertThat(moved.countOf(FIRST)).isEqualTo(101);
        assertThat(moved.rangesOf(REPLICA)).isEmpty();
        assertThat(SlotMap.standalone(FIRST).rangesOf(FIRST)).isEqualTo("0-16383");
    }
}
