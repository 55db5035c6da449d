package dev.tokencache.simulation;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * What one run did and found.
 *
 * @param simulated how much time passed in the run
 * @param faults how many faults there were of each kind
 * @param calls how many calls the clients made
 * @param checked how many answers the oracle could judge
 * @param violations the broken promises, with their times
 * @param history what happened, a line per event
 */
record RunReport(
        Duration simulated,
        Map<String, Integer> faults,
        long calls,
        long checked,
        List<String> violations,
        String history) {}
