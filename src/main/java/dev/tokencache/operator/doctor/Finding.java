package dev.tokencache.operator.doctor;

/**
 * The result of a check.
 *
 * @param code of the check, for example {@code TC201}; its texts are in {@code doctor/checks.properties}
 * @param subject what is affected: {@code node 10.0.0.1:7000}, {@code shard 0-5460}, {@code cluster} or {@code service}
 * @param evidence what was read, with values and without secrets; for {@link Status#UNKNOWN} the reason
 */
public record Finding(String code, Status status, String subject, String evidence) {

    /** From best to worst for {@code --fail-on}: unknown counts as a warning. */
    public enum Status {
        OK,
        UNKNOWN,
        WARN,
        ERROR
    }
}
