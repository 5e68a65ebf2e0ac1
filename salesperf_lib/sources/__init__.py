"""Read CRM, ERP, ad-platform and HR exports, or databases, as they are, by a mapping file."""
