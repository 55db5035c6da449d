package dev.tokencache.simulation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class SimulatedNetworkTest {

    private static final Duration LONGER_THAN_ANY_DELAY = Duration.ofMillis(100);

    private final World world = new World(1);
    private final SimulatedNetwork network = new SimulatedNetwork(world);
    private final List<String> arrived = new ArrayList<>();

    @Test
    void shouldKeepTheOrderOfMessagesOnAConnection() {
        SimulatedNetwork.Pipe pipe = network.pipe("a", "b");
        List<String> sent = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            String message = "message " + i;
            sent.add(message);
            pipe.send(() -> arrived.add(message));
        }

        world.run(LONGER_THAN_ANY_DELAY);

        assertThat(arrived).isEqualTo(sent);
    }

    @Test
    void shouldLetAnotherConnectionOvertakeAHeldMessage() {
        network.holdNext("a", "b", Duration.ofSeconds(3));
        SimulatedNetwork.Pipe held = network.pipe("a", "b");
        held.send(() -> arrived.add("held"));
        held.send(() -> arrived.add("behind it"));
        network.pipe("a", "b").send(() -> arrived.add("other connection"));

        world.run(Duration.ofSeconds(2));
        assertThat(arrived).containsExactly("other connection");

        world.run(Duration.ofSeconds(2));
        assertThat(arrived).containsExactly("other connection", "held", "behind it");
    }

    @Test
    void shouldStopOneDirectionUntilACutHeals() {
        network.cut("a", "b");
        network.pipe("a", "b").send(() -> arrived.add("a to b"));
        network.pipe("b", "a").send(() -> arrived.add("b to a"));

        world.run(Duration.ofMinutes(1));
        assertThat(arrived).containsExactly("b to a");

        network.heal("a", "b");
        assertThat(arrived).containsExactly("b to a", "a to b");
    }

    @Test
    void shouldLoseWhatIsUnderwayOnAClosedConnection() {
        SimulatedNetwork.Pipe pipe = network.pipe("a", "b");
        pipe.send(() -> arrived.add("lost"));
        pipe.close();

        world.run(LONGER_THAN_ANY_DELAY);

        assertThat(arrived).isEmpty();
    }

    @Test
    void shouldRunTasksOfAPausedProcessLateAndOfAnEndedOneNever() {
        SimulatedProcess paused = new SimulatedProcess(world, "paused", Duration.ZERO);
        SimulatedProcess ended = new SimulatedProcess(world, "ended", Duration.ZERO);
        paused.schedule(Duration.ofMillis(10), () -> arrived.add("late"));
        ended.scheduleEvery(Duration.ofMillis(10), () -> arrived.add("never"));
        paused.pause(Duration.ofSeconds(1));
        ended.end();

        world.run(Duration.ofMillis(999));
        assertThat(arrived).isEmpty();

        world.run(Duration.ofMillis(1));
        assertThat(arrived).containsExactly("late");
    }

    @Test
    void shouldOffsetTheClockOfAProcess() {
        SimulatedProcess ahead = new SimulatedProcess(world, "ahead", Duration.ofHours(1));

        assertThat(ahead.clock().millis() - world.time().clock().millis())
                .isEqualTo(Duration.ofHours(1).toMillis());
    }
}
