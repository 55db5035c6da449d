package dev.tokencache.simulation;

import dev.tokencache.testing.RedisSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The instances of the service, each on its own host. One that crashed has forgotten everything when it starts again. */
final class Instances {

    private final World world;
    private final SimulatedNetwork network;
    private final SimulatedCluster cluster;
    private final List<String> hosts;
    private final Map<String, SimulatedService> running = new LinkedHashMap<>();
    private int starts;

    Instances(World world, SimulatedNetwork network, SimulatedCluster cluster, List<String> hosts) {
        this.world = world;
        this.network = network;
        this.cluster = cluster;
        this.hosts = hosts;
        hosts.forEach(this::start);
    }

    List<String> hosts() {
        return hosts;
    }

    List<SimulatedService> running() {
        return new ArrayList<>(running.values());
    }

    void start(String host) {
        SimulatedProcess process = new SimulatedProcess(world, host + "#" + ++starts, Duration.ZERO);
        world.log(process.name() + ": starts");
        running.put(host, new SimulatedService(network, cluster, process, host, RedisSettings.defaults()));
    }

    void crash(String host) {
        SimulatedService crashed = running.remove(host);
        world.log(crashed.process().name() + ": crashes");
        crashed.process().end();
    }

    void pause(String host, Duration duration) {
        SimulatedProcess process = running.get(host).process();
        world.log(process.name() + ": paused for " + duration.toMillis() + " ms");
        process.pause(duration);
    }
}
