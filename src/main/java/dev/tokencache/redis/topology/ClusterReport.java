package dev.tokencache.redis.topology;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The state of the masters as one node reports it in {@code CLUSTER NODES}. A master is found by a slot, not by its address:
 * nodes may know it by another address than this service. Pure.
 */
record ClusterReport(List<Range> ranges) {

    /** The state of a master, from best to worst. */
    enum State {
        /** The node has no reason to doubt the master. */
        WORKING,
        /** The node has no connection to the master's cluster bus, for example because the master's process has ended. */
        DISCONNECTED,
        /** The node reports {@code fail?} or {@code fail}: no reply for longer than {@code cluster-node-timeout}. */
        FAILED
    }

    /** The slots from {@code first} to {@code last}, and the state of their master. */
    record Range(int first, int last, State state) {}

    private static final Pattern SLOTS = Pattern.compile("(\\d{1,5})(?:-(\\d{1,5}))?");
    private static final int FLAGS = 2;
    private static final int LINK = 7;

    /** Parses the reply of {@code CLUSTER NODES}. Ignores replicas, and slots that are being moved. */
    static ClusterReport parse(String nodes) {
        List<Range> ranges = new ArrayList<>();
        for (String line : nodes.lines().toList()) {
            List<String> words = Arrays.asList(line.split(" "));
            if (words.size() > LINK) {
                Set<String> flags = Set.copyOf(Arrays.asList(words.get(FLAGS).split(",")));
                if (flags.contains("master")) {
                    State state = state(flags, words.get(LINK));
                    words.subList(LINK + 1, words.size()).forEach(slots -> add(slots, state, ranges));
                }
            }
        }
        return new ClusterReport(ranges);
    }

    private static State state(Set<String> flags, String link) {
        if (flags.contains("fail") || flags.contains("fail?")) {
            return State.FAILED;
        }
        return link.equals("disconnected") ? State.DISCONNECTED : State.WORKING;
    }

    private static void add(String slots, State state, List<Range> ranges) {
        Matcher matcher = SLOTS.matcher(slots);
        if (matcher.matches()) {
            int first = Integer.parseInt(matcher.group(1));
            ranges.add(new Range(first, matcher.group(2) == null ? first : Integer.parseInt(matcher.group(2)), state));
        }
    }

    /** The state of the slot's master. Unknown counts as working: only a reported failure proves something. */
    State state(int slot) {
        return ranges.stream()
                .filter(range -> range.first() <= slot && slot <= range.last())
                .map(Range::state)
                .findFirst()
                .orElse(State.WORKING);
    }
}
