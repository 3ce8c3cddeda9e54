#include "domain/cellmath.h"

#include <string.h>

static const struct cellmath TABLE[] = {
    {"dilution_factor", "1", "(sample_ul + diluent_ul) / sample_ul", 3, "domain 1.8, T08",
        {{"sample_ul", "uL"}, {"diluent_ul", "uL"}}},
    {"viable_conc", "cells/mL", "n_live / squares * dilution_factor * 10000[1/mL]", 0, "domain 1.8",
        {{"n_live", "cells"}, {"squares", "1"}, {"dilution_factor", "1"}}},
    {"total_conc", "cells/mL", "(n_live + n_dead) / squares * dilution_factor * 10000[1/mL]", 0, "domain 1.8",
        {{"n_live", "cells"}, {"n_dead", "cells"}, {"squares", "1"}, {"dilution_factor", "1"}}},
    {"counter_conc", "cells/mL", "events / analysed_ml * instrument_factor * dilution_factor", 0, "domain 1.8, T08",
        {{"events", "cells"}, {"analysed_ml", "mL"}, {"instrument_factor", "1"}, {"dilution_factor", "1"}}},
    {"viability_percent", "%", "100[%] * n_live / (n_live + n_dead)", 1, "domain 1.8", {{"n_live", "cells"}, {"n_dead", "cells"}}},
    {"tnc_cells", "cells", "total_conc * volume_ml", 0, "domain 1.8", {{"total_conc", "cells/mL"}, {"volume_ml", "mL"}}},
    {"tvc_cells", "cells", "viable_conc * volume_ml", 0, "domain 1.8", {{"viable_conc", "cells/mL"}, {"volume_ml", "mL"}}},
    {"tvc_from_tnc_cells", "cells", "tnc_cells * viability_percent / 100[%]", 0, "domain 1.8",
        {{"tnc_cells", "cells"}, {"viability_percent", "%"}}},
    {"recovery_percent", "%", "100[%] * tvc_out_cells / tvc_in_cells", 1, "domain 1.8, T06",
        {{"tvc_out_cells", "cells"}, {"tvc_in_cells", "cells"}}},
    {"yield_percent", "%", "100[%] * actual_cells / theoretical_cells", 1, "domain 1.8, 21 CFR 211.103",
        {{"actual_cells", "cells"}, {"theoretical_cells", "cells"}}},
    {"yield_per_cm", "cells/cm", "tnc_cells / length_cm", 0, "domain 1.8", {{"tnc_cells", "cells"}, {"length_cm", "cm"}}},
    {"yield_per_ml", "cells/mL", "tnc_cells / marrow_ml", 0, "domain 1.8", {{"tnc_cells", "cells"}, {"marrow_ml", "mL"}}},
    {"yield_per_g", "cells/g", "tnc_cells / tissue_g", 0, "domain 1.8", {{"tnc_cells", "cells"}, {"tissue_g", "g"}}},
    {"volume_reduction", "1", "volume_in_ml / volume_out_ml", 2, "domain 1.8", {{"volume_in_ml", "mL"}, {"volume_out_ml", "mL"}}},
    {"fold_concentration", "1", "volume_in_ml / volume_out_ml * recovery_percent / 100[%]", 2, "domain 1.8",
        {{"volume_in_ml", "mL"}, {"volume_out_ml", "mL"}, {"recovery_percent", "%"}}},
    {"fold_of_concentrations", "1", "conc_out / conc_in", 2, "domain 1.8", {{"conc_out", "cells/mL"}, {"conc_in", "cells/mL"}}},
    {"doublings", "PD", "log2(tvc_harvested_cells / cells_seeded)", 2, "domain 1.8, T09",
        {{"tvc_harvested_cells", "cells"}, {"cells_seeded", "cells"}}},
    {"doubling_time_h", "h", "culture_h / log2(tvc_harvested_cells / cells_seeded)", 1, "domain 1.8",
        {{"culture_h", "h"}, {"tvc_harvested_cells", "cells"}, {"cells_seeded", "cells"}}},
    {"seeding_density", "cells/cm2", "cells_seeded / area_cm2", 0, "domain 1.5", {{"cells_seeded", "cells"}, {"area_cm2", "cm2"}}},
    {"dose_per_kg", "cells/kg", "tvc_cells / weight_kg", 0, "domain 1.8", {{"tvc_cells", "cells"}, {"weight_kg", "kg"}}},
    {"volume_to_draw_ml", "mL", "dose_per_kg * weight_kg / viable_conc", 2, "domain 1.8",
        {{"dose_per_kg", "cells/kg"}, {"weight_kg", "kg"}, {"viable_conc", "cells/mL"}}},
    {"containers_needed", "1", "ceil(dose_per_kg * weight_kg / cells_per_container)", 0, "domain 1.8",
        {{"dose_per_kg", "cells/kg"}, {"weight_kg", "kg"}, {"cells_per_container", "cells"}}},
    {"replicate_cv_percent", "%", "100[%] * sd(conc_1, conc_2, conc_3) / mean(conc_1, conc_2, conc_3)", 2, "domain 1.8, T10",
        {{"conc_1", "cells/mL"}, {"conc_2", "cells/mL"}, {"conc_3", "cells/mL"}}},
    {"poisson_cv_percent", "%", "100[%] / sqrt(events)", 1, "domain 1.8", {{"events", "1"}}},
    {"post_thaw_recovery_percent", "%", "100[%] * tvc_thawed_cells / tvc_frozen_cells", 1, "domain 1.8",
        {{"tvc_thawed_cells", "cells"}, {"tvc_frozen_cells", "cells"}}},
    {"dmso_g", "g", "formulated_ml * dmso_percent / 100[%] * 1.10[g/mL]", 2, "domain 1.6",
        {{"formulated_ml", "mL"}, {"dmso_percent", "%"}}},
    {"rcf_xg", "xg", "0.00001118[min2/cm] * radius_cm * speed_rpm^2", 1, "domain 1.3, T13",
        {{"radius_cm", "cm"}, {"speed_rpm", "rpm"}}},
    {"rcf_difference_percent", "%", "100[%] * (set_xg - rcf_xg) / rcf_xg", 1, "domain 1.3, T13", {{"set_xg", "xg"}, {"rcf_xg", "xg"}}},
    {"endotoxin_limit_eu_ml", "EU/mL", "5[EU/kg] / (bolus_ml / weight_kg)", 1, "domain 2.6, T20",
        {{"bolus_ml", "mL"}, {"weight_kg", "kg"}}},
    {"endotoxin_intrathecal_limit_eu_ml", "EU/mL", "0.2[EU/kg] / (bolus_ml / weight_kg)", 2, "domain 2.6, T20",
        {{"bolus_ml", "mL"}, {"weight_kg", "kg"}}},
    {"endotoxin_infusion_limit_eu_ml", "EU/mL", "5[EU/kg/h] / (rate_ml_h / weight_kg)", 1, "domain 2.6, T20",
        {{"rate_ml_h", "mL/h"}, {"weight_kg", "kg"}}},
    {"endotoxin_dilution_max", "1", "endotoxin_limit_eu_ml / lambda_eu_ml", 1, "domain 2.6",
        {{"endotoxin_limit_eu_ml", "EU/mL"}, {"lambda_eu_ml", "EU/mL"}}},
};

size_t cellmath_count(void)
{
    return sizeof TABLE / sizeof TABLE[0];
}

const struct cellmath *cellmath_at(size_t i)
{
    return &TABLE[i];
}

const struct cellmath *cellmath_find(const char *name)
{
    for (size_t i = 0; i < cellmath_count(); i++)
        if (strcmp(TABLE[i].name, name) == 0)
            return &TABLE[i];
    return NULL;
}
