package io.tapsentinel.sentinel.upload;

/** What an answer of the Logs Ingestion API, or its absence, means for the batch that was sent. */
public enum Refusal {
    /** It will pass: send the same batch again. */
    TRANSIENT,
    /** The token is missing, spent or of another audience: ask for a new one. */
    TOKEN,
    /** Something in the body is refused: find the record. */
    RECORDS,
    /** Endpoint, rule, stream or role are not as they have to be: a person has to act. */
    CONFIGURATION;

    private static final int NO_ANSWER = 0;
    private static final int TIMEOUT = 408;
    private static final int THROTTLED = 429;

    /** What a failed upload means. */
    public static Refusal of(UploadException failure) {
        return switch (failure.status()) {
            case NO_ANSWER, TIMEOUT, THROTTLED -> TRANSIENT;
            case 401 -> TOKEN;
            case 400, 413 -> RECORDS;
            default -> failure.status() >= 500 ? TRANSIENT : CONFIGURATION;
        };
    }

    /** Whether Sentinel may hold the records of a failed upload: only a clear refusal says that it does not. */
    public static boolean mayHoldThem(UploadException failure) {
        int status = failure.status();
        return failure.sent() && (status == NO_ANSWER || status < 300 || status == TIMEOUT || status >= 500);
    }
}
