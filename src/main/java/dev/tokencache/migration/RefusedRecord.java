package dev.tokencache.migration;

/**
 * A record of the old store that cannot be a token.
 *
 * @param hash identifies it without revealing the token: the hash of the token string, or the tag of a subject
 */
public record RefusedRecord(String hash, Refusal reason) {}
