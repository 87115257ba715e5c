package io.tapsentinel.doctor;

import io.tapsentinel.app.Settings;
import io.tapsentinel.config.Remedies;
import io.tapsentinel.net.Redactor;
import io.tapsentinel.sentinel.upload.Refusal;
import io.tapsentinel.sentinel.upload.UploadException;
import io.tapsentinel.sentinel.upload.UploadException.Answer;
import java.util.Locale;

/** What an answer of the ingestion endpoint to an empty array means, and what to do. */
final class Refused {

    private static final String INVALID_STREAM = "InvalidStream";
    private static final String NO_TOKEN = "sentinel.auth=none sends no token, and this endpoint wants one";

    private final Settings settings;
    private final TokenIdentity identity;

    /** @param identity what is known of who asks */
    Refused(Settings settings, TokenIdentity identity) {
        this.settings = settings;
        this.identity = identity;
    }

    /** Whether the answer shows that the rule is there and takes rows from us, so that it is about the stream alone. */
    static boolean isOfTheStream(UploadException refused) {
        return refused.status() == 400;
    }

    /** Cause and remedy. */
    String words(UploadException refused) {
        return said(refused) + "; "
                + switch (Refusal.of(refused)) {
                    case TOKEN ->
                        settings.authenticate()
                                ? "sentinel.cloud is "
                                        + settings.cloud().name().toLowerCase(Locale.ROOT)
                                        + ", and endpoint and identity have to be of that cloud: " + Remedies.TOKEN
                                : NO_TOKEN;
                    case RECORDS ->
                        refused.status() == 413
                                ? Remedies.REQUEST_SIZE
                                : INVALID_STREAM.equals(refused.answer().code())
                                        ? "the rule does not declare this stream: " + Remedies.STREAM
                                                + " (src/main/azure/azuredeploy.json)"
                                        : "the endpoint takes this stream, but not an empty array; what it says is all that is known";
                    case TRANSIENT ->
                        "the program would wait and go on; try again later, and if it lasts, " + Remedies.SENTINEL_BUSY;
                    case CONFIGURATION -> configuration(refused);
                };
    }

    private String configuration(UploadException refused) {
        return switch (refused.status()) {
            case 403 ->
                !settings.authenticate()
                        ? NO_TOKEN
                        : Remedies.ROLE
                                + ": az role assignment create --role \"Monitoring Metrics Publisher\" --assignee "
                                + identity.assignee() + " --scope <resource id of the rule>";
            case 404 ->
                "no rule has the immutable id " + settings.ruleId() + " here: " + Remedies.RULE
                        + ", its immutableId (not its name) and its logsIngestion endpoint, or that of the data collection endpoint it is tied to";
            default -> Remedies.SENTINEL_REFUSES;
        };
    }

    /** Status, code, text and request id, as far as there are any. */
    private static String said(UploadException refused) {
        Answer answer = refused.answer();
        return refused.status() == 0
                ? Redactor.line(refused.getMessage())
                : refused.status()
                        + (answer.code() == null ? "" : " " + answer.code())
                        + (answer.text() == null ? "" : ": " + answer.text())
                        + (answer.requestId() == null ? "" : " (request " + answer.requestId() + ")");
    }
}
