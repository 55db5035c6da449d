package dev.tokencache.migration;

public enum Side implements Labelled {
    LEGACY,
    CLUSTER
}
