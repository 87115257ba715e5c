package io.tapsentinel.app;

import io.tapsentinel.net.BoundedHttpComponent;
import io.tapsentinel.net.CamelHttp;
import io.tapsentinel.read.TapBudget;
import io.tapsentinel.tap.api.AnswerLimits;
import io.tapsentinel.tap.api.TapDates;
import io.tapsentinel.tap.api.TapTimeout;
import org.apache.camel.component.http.HttpComponent;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.MainListenerSupport;

/** HTTP clients of the routes: they authenticate, count, time and limit requests to TAP and use the program's network settings. */
final class HttpPart extends MainListenerSupport {

    private final RunContext run;
    private final TapPart tap;
    private final TapBudget requests;

    HttpPart(RunContext run, TapPart tap, TapBudget requests) {
        this.run = run;
        this.tap = tap;
        this.requests = requests;
    }

    @Override
    public void beforeConfigure(BaseMainSupport main) {
        Settings settings = run.settings();
        CamelHttp way = new CamelHttp(run.network());
        TapDates dates = new TapDates(settings.tapUrl(), tap.condition.clock(), run.clock());
        AnswerLimits limits = new AnswerLimits(settings.tapUrl(), settings.maxAnswerMegabytes());
        TapTimeout timeout = new TapTimeout(settings.tapUrl(), () -> requests.timeout(settings.requestTimeout()));
        for (String scheme : new String[] {"http", "https"}) {
            HttpComponent http = new BoundedHttpComponent();
            main.getCamelContext().addComponent(scheme, http);
            http.setHttpClientConfigurer(builder -> {
                tap.credentials.configureHttpClient(builder);
                dates.configureHttpClient(builder);
                requests.configureHttpClient(builder);
                limits.configureHttpClient(builder);
                timeout.configureHttpClient(builder);
                way.configureHttpClient(builder);
            });
            // else the client retries 429, 503 and broken connections itself, uncounted and without back-off
            http.setAutomaticRetriesDisabled(true);
            if (scheme.equals("https")) {
                way.secure(http);
            }
        }
    }
}
