package io.tapsentinel.doctor;

import io.tapsentinel.app.Settings;
import io.tapsentinel.config.Remedies;
import io.tapsentinel.net.Redactor;
import io.tapsentinel.sentinel.upload.Refusal;
import io.tapsentinel.sentinel.upload.UploadException;
import io.tapsentinel.sentinel.upload.UploadException.Answer;
import java.util.Locale;

/** Explains why the ingestion endpoint refused an empty array, and what to do. */
final class Refused {

    private static final String INVALID_STREAM = "InvalidStream";
    private static final String NO_TOKEN = "sentinel.auth=none sends no token, but this endpoint requires one";

    private final Settings settings;
    private final TokenIdentity identity;

    /** @param identity of the token that was sent */
    Refused(Settings settings, TokenIdentity identity) {
        this.settings = settings;
        this.identity = identity;
    }

    /** Whether only the stream was refused: the rule exists and the identity has its role. */
    static boolean isOfTheStream(UploadException refused) {
        return refused.status() == 400;
    }

    /** Cause and remedy. */
    String explain(UploadException refused) {
        return said(refused) + "; "
                + switch (Refusal.of(refused)) {
                    case TOKEN ->
                        settings.authenticate()
                                ? "sentinel.cloud is "
                                        + settings.cloud().name().toLowerCase(Locale.ROOT)
                                        + "; endpoint and identity must belong to that cloud: " + Remedies.TOKEN
                                : NO_TOKEN;
                    case RECORDS ->
                        refused.status() == 413
                                ? Remedies.REQUEST_SIZE
                                : INVALID_STREAM.equals(refused.answer().code())
                                        ? "the rule does not declare this stream: " + Remedies.STREAM
                                                + " (src/main/azure/azuredeploy.json)"
                                        : "the endpoint accepts this stream, but not an empty array";
                    case TRANSIENT ->
                        "the program would retry; try again later, and if this persists, " + Remedies.SENTINEL_BUSY;
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
                "no rule with the immutable id " + settings.ruleId() + " at this endpoint: " + Remedies.RULE
                        + " (its immutableId, not its name; its logsIngestion endpoint, or that of its data collection endpoint)";
            default -> Remedies.SENTINEL_REFUSES;
        };
    }

    /** Status, code, text and request id, where known. */
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
