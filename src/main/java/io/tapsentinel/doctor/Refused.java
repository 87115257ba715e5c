package io.tapsentinel.doctor;

import io.tapsentinel.app.Settings;
import io.tapsentinel.net.Redactor;
import io.tapsentinel.sentinel.upload.Refusal;
import io.tapsentinel.sentinel.upload.UploadException;
import io.tapsentinel.sentinel.upload.UploadException.Answer;
import java.util.Locale;

/** What an answer of the ingestion endpoint to an empty array means, and what to do. */
final class Refused {

    private static final String INVALID_STREAM = "InvalidStream";

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
                                ? "the token is not for this endpoint: sentinel.cloud is "
                                        + settings.cloud().name().toLowerCase(Locale.ROOT)
                                        + ", and endpoint and identity have to be of that cloud"
                                : "sentinel.auth=none sends no token, and this endpoint wants one";
                    case RECORDS ->
                        refused.status() == 413
                                ? "an empty array cannot be too large: something on the way refuses requests"
                                : INVALID_STREAM.equals(refused.answer().code())
                                        ? "the rule does not declare this stream: deploy the template src/main/azure/azuredeploy.json again, or add the stream and its table"
                                        : "the endpoint takes this stream, but not an empty array; what it says is all that is known";
                    case TRANSIENT -> passing(refused);
                    case CONFIGURATION -> configuration(refused);
                };
    }

    private static String passing(UploadException refused) {
        return refused.status() == 0
                ? "try again, and look at what lies between"
                : refused.status() == 429
                        ? "the rule takes 12,000 requests and 2 GB a minute, and others use them up; the program would wait and go on"
                        : "the service has a bad moment, which the program would wait for; try again later";
    }

    private String configuration(UploadException refused) {
        return switch (refused.status()) {
            case 403 ->
                !settings.authenticate()
                        ? "sentinel.auth=none sends no token, and this endpoint wants one"
                        : "the identity needs the role Monitoring Metrics Publisher on the data collection rule itself: az role assignment create"
                                + " --role \"Monitoring Metrics Publisher\" --assignee " + identity.assignee()
                                + " --scope <resource id of the rule>;"
                                + " it can take 30 minutes until a new assignment counts";
            case 404 ->
                "no rule has the immutable id " + settings.ruleId()
                        + " here: compare sentinel.dcr-immutable-id with the rule's immutableId"
                        + " (not its name), and sentinel.endpoint with the rule's logsIngestion endpoint, or that of the data collection endpoint it is tied to";
            default -> "is sentinel.endpoint an ingestion endpoint?";
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
