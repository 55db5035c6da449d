package dev.tokencache.operator.doctor;

import java.time.Instant;
import java.util.List;

/**
 * What a run of doctor read.
 *
 * @param nodes every node that a seed or another node names
 * @param service what the running service adds; unknown before there is one
 */
public record ClusterFacts(Instant readAt, List<NodeFacts> nodes, Reading<ServiceFacts> service) {}
