package io.tapsentinel.sentinel.upload;

import io.tapsentinel.net.Network;
import io.tapsentinel.net.ProxyRefusedException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpConnectTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What became of a call, in one short line: puts other people's words into ours. */
public final class Failure {

    private static final int LONGEST_TEXT = 300;
    private static final Pattern BREAKS = Pattern.compile("[\\s\\p{Cntrl}\\u0085\\u2028\\u2029]+");
    /** Something that may be a token: of the three parts of a signed one, or after the word that goes before it. */
    private static final Pattern TOKEN = Pattern.compile("eyJ[\\w-]+(\\.[\\w-]*)*|(?<=\\bBearer )[\\w.~+/=-]{16,}");

    /** How the messages of {@link ErrorAnswer} show a status. */
    private static final Pattern STATUS = Pattern.compile("(?:refused:|answered) (\\d{3})\\b");

    private Failure() {}

    /** The first exception of input or output in the chain of causes, else the last one. */
    public static String of(Throwable thrown) {
        Throwable root = thrown;
        while (!(root instanceof IOException || root instanceof SignInException) && root.getCause() != null) {
            root = root.getCause();
        }
        if (root instanceof SignInException || root instanceof ProxyRefusedException) {
            return root.getMessage();
        }
        // the JDK's client gives no text when it cannot connect
        String text = root.getMessage() != null
                ? line(root.getMessage())
                : root.getCause() instanceof UnresolvedAddressException
                        ? "the host name has no address"
                        : root instanceof ConnectException ? "cannot connect" : "";
        return root.getClass().getSimpleName() + (text.isEmpty() ? "" : ": " + text) + Network.remedy(root);
    }

    /** The status in the message of an {@link UploadException} of the endpoint; 0 when there was no answer. */
    public static int status(String message) {
        Matcher found = STATUS.matcher(message);
        return found.find() ? Integer.parseInt(found.group(1)) : 0;
    }

    /** Whether no connection came about, so that nothing was sent. */
    static boolean isOfConnecting(Throwable thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof ConnectException || cause instanceof HttpConnectTimeoutException) {
                return true;
            }
        }
        return false;
    }

    /** Marks the thread as interrupted when that is what failed: clients take the mark off, and a stop would wait for the next try. */
    static void restoreInterrupt(Throwable thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Host and port. */
    public static String place(URI endpoint) {
        return endpoint.getHost() + ":"
                + (endpoint.getPort() >= 0 ? endpoint.getPort() : "https".equals(endpoint.getScheme()) ? 443 : 80);
    }

    /** One line of at most 300 characters, without anything that looks like a token. */
    public static String line(String text) {
        // a token is looked for before the cut, which could make it too short to be seen; what is over any sense is not
        // read at all
        String head = text.substring(0, Math.min(text.length(), 20 * LONGEST_TEXT));
        String safe = BREAKS.matcher(TOKEN.matcher(head).replaceAll("..."))
                .replaceAll(" ")
                .strip();
        return safe.substring(0, Math.min(safe.length(), LONGEST_TEXT));
    }
}
