package dev.tokencache.simulation;

import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

/** The instances of the service, each on its own host. One that crashed has forgotten everything when it starts again. */
final class Instances {

    private final World world;
    private final List<String> hosts;
    private final BiFunction<SimulatedProcess, String, SimulatedService> program;
    private final Map<String, SimulatedService> running = new LinkedHashMap<>();
    private final Map<String, Duration> clockOffsets = new HashMap<>();
    private int starts;

    /** @param program starts an instance in a process, on a host */
    Instances(World world, List<String> hosts, BiFunction<SimulatedProcess, String, SimulatedService> program) {
        this.world = world;
        this.hosts = hosts;
        this.program = program;
        hosts.forEach(this::start);
    }

    List<String> hosts() {
        return hosts;
    }

    /** Those whose start is over. */
    List<SimulatedService> running() {
        return running.values().stream().filter(SimulatedService::isReady).toList();
    }

    /** Does nothing if it runs already. */
    void start(String host) {
        if (running.containsKey(host)) {
            return;
        }
        SimulatedProcess process =
                new SimulatedProcess(world, host + "#" + ++starts, clockOffsets.getOrDefault(host, Duration.ZERO));
        world.log(process.name() + ": starts");
        running.put(host, program.apply(process, host));
    }

    boolean isRunning(String host) {
        return running.containsKey(host);
    }

    /** Does nothing if it has crashed already. */
    void crash(String host) {
        SimulatedService crashed = running.remove(host);
        if (crashed == null) {
            return;
        }
        world.log(crashed.process().name() + ": crashes");
        crashed.process().end();
    }

    /** Sets how far the clock of a host is ahead. */
    void setClock(String host, Duration ahead) {
        world.log(host + ": clock is ahead by " + ahead.toMillis() + " ms");
        clockOffsets.put(host, ahead);
        if (running.containsKey(host)) {
            running.get(host).process().setClockOffset(ahead);
        }
    }

    void pause(String host, Duration duration) {
        SimulatedService service = running.get(host);
        if (service == null) {
            return;
        }
        SimulatedProcess process = service.process();
        world.log(process.name() + ": paused for " + duration.toMillis() + " ms");
        process.pause(duration);
    }
}
