package dev.tokencache.token;

/**
 * A subject's mark, after it was set.
 *
 * @param notBeforeMillis milliseconds since the epoch: what was issued up to then is inactive
 * @param durability how safe the mark is
 */
public record SubjectNotBefore(long notBeforeMillis, Durability durability) {}
