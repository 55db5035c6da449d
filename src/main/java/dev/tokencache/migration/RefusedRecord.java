package dev.tokencache.migration;

/** A record of the old store that cannot be a token, and the hash of its string or the tag of its subject. */
public record RefusedRecord(String hash, Refusal reason) {}
