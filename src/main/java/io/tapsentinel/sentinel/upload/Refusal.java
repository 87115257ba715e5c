package io.tapsentinel.sentinel.upload;

/** What a failed upload means for its batch. */
public enum Refusal {
    /** Temporary: send the same batch again. */
    TRANSIENT,
    /** The token is missing, expired or for another audience: request a new one. */
    TOKEN,
    /** The content is refused: find the record. */
    RECORDS,
    /** Endpoint, rule, stream or role are wrong: needs action. */
    CONFIGURATION;

    private static final int NO_ANSWER = 0;
    private static final int TIMEOUT = 408;
    private static final int THROTTLED = 429;

    /** Classifies a failed upload by its status. */
    public static Refusal of(UploadException failure) {
        return switch (failure.status()) {
            case NO_ANSWER, TIMEOUT, THROTTLED -> TRANSIENT;
            case 401 -> TOKEN;
            case 400, 413 -> RECORDS;
            default -> failure.status() >= 500 ? TRANSIENT : CONFIGURATION;
        };
    }

    /** Whether Sentinel may have stored the records of a failed upload. Only a clear refusal rules that out. */
    public static boolean mayBeStored(UploadException failure) {
        int status = failure.status();
        return failure.sent() && (status == NO_ANSWER || status < 300 || status == TIMEOUT || status >= 500);
    }
}
