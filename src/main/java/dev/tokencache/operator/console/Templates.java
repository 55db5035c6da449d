package dev.tokencache.operator.console;

import io.quarkus.qute.CheckedTemplate;
import io.quarkus.qute.TemplateInstance;
import java.util.List;

/** The templates in {@code templates/console/}, whose expressions the build checks. */
@CheckedTemplate(basePath = "console")
final class Templates {

    private Templates() {}

    static native TemplateInstance now(Frame frame, NowPage.View view);

    static native TemplateInstance now$live(NowPage.View view);

    static native TemplateInstance history(Frame frame, List<HistoryPage.Row> rows);

    static native TemplateInstance history$live(List<HistoryPage.Row> rows);

    static native TemplateInstance cluster(Frame frame, ClusterPage.View view);

    static native TemplateInstance cluster$live(ClusterPage.View view);

    static native TemplateInstance doctor(Frame frame, DoctorPage.View view);

    static native TemplateInstance doctor$live(DoctorPage.View view);

    static native TemplateInstance drill(Frame frame, DrillPage.View view, DrillPage.Asked asked);

    static native TemplateInstance drill$live(DrillPage.View view);

    static native TemplateInstance migration(Frame frame, MigrationPage.View view);

    static native TemplateInstance migration$live(MigrationPage.View view);

    static native TemplateInstance journal(Frame frame, JournalPage.View view);

    static native TemplateInstance journal$live(JournalPage.View view);

    static native TemplateInstance subject(Frame frame, SubjectPage.View view);

    static native TemplateInstance api(Frame frame, ApiPage.View view);

    static native TemplateInstance error(Frame frame, String detail);
}
